package postern.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.log.LogInput;
import postern.offline.replay.Judge;
import postern.offline.replay.Kind;
import postern.offline.replay.Replay;
import postern.offline.replay.Tally;
import postern.offline.replay.Top;

/**
 * Replays made-up logs of any length and compares what is found with their truth. As a program:
 *
 * <pre>
 * ReplayLoad LINES [FOLDER]
 * </pre>
 *
 * for each form of log: lines a second, largest heap, and whether every number was right. The logs
 * stay in the folder (about 150 bytes a line) and are removed at the end.
 */
public final class ReplayLoad {
  private ReplayLoad() {}

  /**
   * What a replay found.
   *
   * @param wrong what differs from the truth, empty if nothing does
   */
  public record Result(double seconds, long heap, long evaluations, String wrong) {}

  /** The stock policy with the access map of {@code maker}. */
  public static Configuration policy(LogMaker maker, Path folder) throws IOException {
    Path access = folder.resolve("access");
    Files.write(access, maker.access());
    return Compiler.compile(
        "rulesets/postern.cf",
        Path.of("rulesets", "postern.cf"),
        new Compiler.Settings(
            new Host("gw.example.test", "gw.example.test", List.of()),
            List.of(),
            List.of(
                new Compiler.Setting("{AccessFile}", access.toAbsolutePath().toString(), false)),
            false,
            false));
  }

  /** Replays {@code log} and compares with the truth. */
  public static Result replay(Configuration policy, Path log, LogMaker.Truth truth)
      throws Exception {
    Replay replay =
        new Replay(
            LogInput.of(List.of(log.toString()), Instant.parse("2026-11-23T00:00:00Z")),
            ZoneOffset.UTC);
    Judge judge = new Judge(policy);
    Tally tally = new Tally(false);
    long began = System.nanoTime();
    Judge.Outliner outliner = judge.outliner();
    replay.run(
        session -> outliner.outline(session.facts()),
        (session, outline) ->
            tally.add(session, judge.judge(session.facts(), outline), Tally.then(session)));
    double seconds = (System.nanoTime() - began) / 1e9;
    StringBuilder wrong = new StringBuilder();
    check(wrong, "lines", truth.lines(), replay.counts().lines());
    check(wrong, "sessions", truth.sessions(), tally.sessions());
    check(wrong, "refused", truth.refused(), tally.now(Kind.REFUSE));
    check(wrong, "refused then", truth.refusedThen(), tally.before(Kind.REFUSE));
    check(wrong, "open", 0, tally.now(Kind.DEPENDS));
    check(wrong, "incomplete", 0, replay.counts().incomplete());
    Map<String, Long> entries = new TreeMap<>();
    for (Top.Cell cell : tally.reasons().largest(Integer.MAX_VALUE)) {
      String name = cell.name();
      entries.put(name.substring(name.indexOf(": ") + 2), cell.count());
    }
    check(wrong, "by entry", truth.byEntry(), entries);
    Map<String, Long> peers = new TreeMap<>();
    for (Top.Cell cell : tally.newPeers().largest(Integer.MAX_VALUE)) {
      peers.put(cell.name(), cell.count());
    }
    check(wrong, "by peer", truth.newByPeer(), peers);
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    return new Result(seconds, heap, judge.evaluations(), wrong.toString());
  }

  private static void check(StringBuilder wrong, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      String both = what + ": " + expected + " expected, " + found + " found; ";
      wrong.append(both, 0, Math.min(2000, both.length()));
    }
  }

  private static void check(StringBuilder wrong, String what, long expected, long found) {
    check(wrong, what, (Object) expected, (Object) found);
  }

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1) {
      System.err.println("ReplayLoad LINES [FOLDER]");
      System.exit(64);
    }
    long lines = Long.parseLong(arguments[0].replace("_", ""));
    Path folder =
        arguments.length > 1
            ? Files.createDirectories(Path.of(arguments[1]))
            : Files.createTempDirectory("replay-load");
    boolean good = true;
    for (LogMaker.Form form : LogMaker.Form.values()) {
      LogMaker maker = new LogMaker(form, 20261123);
      Path log = folder.resolve(form.name().toLowerCase(Locale.ROOT) + ".log");
      LogMaker.Truth truth;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log), 1 << 20)) {
        truth = maker.write(out, lines);
      }
      Result result = replay(policy(maker, folder), log, truth);
      System.out.printf(
          Locale.ROOT,
          "%-9s %,d lines, %,d MB, %,d sessions: %.1f s, %,.0f lines/s, %,d evaluations, "
              + "heap at most %,d MB, %s%n",
          form,
          truth.lines(),
          Files.size(log) / 1_000_000,
          truth.sessions(),
          result.seconds(),
          truth.lines() / result.seconds(),
          result.evaluations(),
          result.heap() / 1_000_000,
          result.wrong().isEmpty() ? "all as it was" : "WRONG: " + result.wrong());
      good &= result.wrong().isEmpty();
      Files.delete(log);
    }
    Files.deleteIfExists(folder.resolve("access"));
    System.exit(good ? 0 : 1);
  }
}
