package postern.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.offline.RecordException;
import postern.offline.RecordJson;
import postern.offline.SessionRecord;
import postern.offline.Words;
import postern.offline.bench.BenchReport;
import postern.offline.bench.Measurement;
import postern.offline.bench.Meter;
import postern.offline.bench.Profile;
import postern.offline.diff.SampleSessions;

/** {@code postern bench}: how fast a policy answers. */
final class BenchCommand {
  static final String HELP =
      """
      postern bench: how fast a policy answers, and what takes the time

        postern bench [-C FILE] [RECORD.json...]   recorded sessions (- for stdin); without one
                                                   generated sessions from the policy's own words

        --compare FILE       measure this policy as well, by turns
        --baseline FILE      the --json result of an earlier run to compare with
        --fail-if-slower P%  exit code 1 if this is more than P % slower than --compare or
                             --baseline
        --access FILE        the access map to use ({AccessFile})
        --seconds N          measure for so long in all (10)
        --sessions N         generate so many different sessions (2000)
        --seed N             of the generator (1)
        --hottest N          show so many rules (10)
        --html FILE          a page with all of it; --svg FILE the picture alone
        --json               the result for programs

      An evaluation is one hook asked; a session asks several. Rounds of a second take turns, the
      median counts. Exit codes: 0 done, 1 too slow, 78 a policy has errors,
      130 stopped by Ctrl-C, which shows what was measured so far and gives no verdict.
      """;

  private static final int ROUNDS = 10;
  private static final int MOST_RECORDS = 1_000_000;

  private BenchCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("bench", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    boolean json = flags.has("json");
    String compare = flags.value("compare");
    String baseline = flags.value("baseline");
    double allowed = percent(flags.value("fail-if-slower"));
    String access = flags.value("access");
    long seconds = DiffCommand.number(flags.value("seconds"), "seconds", 10);
    int count = (int) DiffCommand.number(flags.value("sessions"), "sessions", 2000);
    long seed = DiffCommand.number(flags.value("seed"), "seed", 1);
    int hottest = (int) DiffCommand.number(flags.value("hottest"), "hottest", 10);
    String html = flags.value("html");
    String svg = flags.value("svg");
    if (allowed >= 0 && compare == null && baseline == null) {
      throw new UsageException("bench: --fail-if-slower wants --compare or --baseline");
    }
    double earlier = baseline == null ? 0 : rateOf(baseline);
    Configuration one = switches.compile(List.of(), ExplainCommand.accessMacro(access));
    if (CheckCommand.print(one, System.err) > 0) {
      return CheckCommand.failure(one);
    }
    Configuration two = null;
    if (compare != null) {
      two = DiffCommand.compile(switches, compare, access);
      if (CheckCommand.print(two, System.err) > 0) {
        return CheckCommand.failure(two);
      }
    }
    List<SessionRecord> sessions;
    try {
      List<String> files = flags.operands();
      sessions =
          files.isEmpty()
              ? SampleSessions.of(one, two == null ? one : two, count, seed)
              : records(files);
    } catch (RecordException e) {
      System.err.println("postern: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    }
    // What was measured so far is printed even when it was stopped.
    try (Interrupt interrupt = new Interrupt()) {
      BenchReport report = measure(interrupt, switches, one, compare, two, sessions, seconds);
      if (html != null) {
        Files.writeString(Path.of(html), report.html());
      }
      if (svg != null) {
        Files.writeString(Path.of(svg), report.svg());
      }
      double other = earlier;
      Measurement compared = report.otherMeasurement();
      if (compared != null) {
        other = compared.rate();
      }
      if (json) {
        StringWriter text = new StringWriter();
        report.json(text);
        out.print(text);
      } else if (report.measurement().sessions() > 0) {
        text(report, sessions.size(), hottest, out);
      }
      if (!report.complete()) {
        (json ? System.err : out)
            .println(
                report.measurement().sessions() > 0
                    ? "\nStopped before its end: rules and maps are not measured, no verdict."
                    : "Stopped while warming up: nothing is measured.");
        return ExitStatus.INTERRUPTED;
      }
      return verdict(report.measurement(), other, allowed, json ? System.err : out);
    }
  }

  /** What an earlier run measured; read first, so that a wrong file costs no time. */
  private static double rateOf(String baseline) throws IOException {
    byte[] text = Files.readAllBytes(Path.of(baseline));
    try {
      return BenchReport.rateOf(new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException(baseline + ": " + e.getMessage(), e);
    }
  }

  private static double percent(@Nullable String text) throws UsageException {
    if (text == null) {
      return -1;
    }
    if (!text.matches("[0-9]{1,4}(\\.[0-9]+)? ?%?")) {
      throw new UsageException("bench: --fail-if-slower wants a percentage, not " + text);
    }
    return Double.parseDouble(text.replace("%", "").strip());
  }

  private static List<SessionRecord> records(List<String> files)
      throws IOException, RecordException, UsageException {
    List<SessionRecord> sessions = new ArrayList<>();
    for (String file : files) {
      try (InputStream in =
              file.equals("-")
                  ? System.in
                  : new BufferedInputStream(Files.newInputStream(Path.of(file)));
          RecordJson.Reader reader = new RecordJson.Reader(file, in)) {
        SessionRecord record = reader.next();
        while (record != null && sessions.size() < MOST_RECORDS) {
          sessions.add(record);
          record = reader.next();
        }
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    if (sessions.isEmpty()) {
      throw new UsageException("bench: no record in " + String.join(", ", files));
    }
    return sessions;
  }

  private static BenchReport measure(
      Interrupt interrupt,
      SendmailSwitches switches,
      Configuration one,
      @Nullable String compare,
      @Nullable Configuration two,
      List<SessionRecord> sessions,
      long seconds) {
    long all = TimeUnit.SECONDS.toNanos(seconds);
    int meters = two == null ? 1 : 2;
    long round = all / ROUNDS / meters;
    Meter first = new Meter(one, sessions);
    Meter second = two == null ? null : new Meter(two, sessions);
    try (Progress progress = new Progress("rounds")) {
      first.warmUp(all / 4, interrupt::asked);
      if (second != null) {
        second.warmUp(all / 4, interrupt::asked);
      }
      for (int i = 0; i < ROUNDS && !interrupt.asked(); i++) {
        progress.at(i, ROUNDS);
        first.round(round, interrupt::asked);
        if (second != null) {
          second.round(round, interrupt::asked);
        }
      }
    }
    boolean complete = !interrupt.asked();
    Profile profile = complete ? Profile.of(one, sessions, 2) : Profile.NONE;
    return new BenchReport(
        switches.configurationFile(),
        first.measurement(),
        profile,
        compare,
        second == null ? null : second.measurement(),
        complete);
  }

  private static void text(BenchReport report, int sessions, int hottest, PrintStream out) {
    out.println(
        "%s: %s"
            .formatted(Words.path(report.policy()), Words.count(sessions, "different session")));
    row("", report.measurement(), out);
    Measurement other = report.otherMeasurement();
    if (other != null) {
      out.println(String.valueOf(report.other()) + ":");
      row("", other, out);
    }
    out.println("\nHottest rules, by share of time:");
    out.println("     share       tries     matches  rule");
    for (Profile.HotRule rule :
        report.profile().rules().subList(0, Math.min(hottest, report.profile().rules().size()))) {
      out.println(
          "  %8s %11s %11s  %s %s  %s"
              .formatted(
                  BenchReport.percent(rule.share()),
                  Words.number(rule.tries()),
                  Words.number(rule.matches()),
                  rule.place().ruleSet(),
                  rule.place().line(),
                  Words.cut(rule.place().source(), 50)));
    }
    out.println("\nMaps:");
    out.println("     share    look-ups       found  map");
    for (Profile.HotMap map : report.profile().maps()) {
      out.println(
          "  %8s %11s %11s  %s (%s)"
              .formatted(
                  BenchReport.percent(map.share()),
                  Words.number(map.lookups()),
                  Words.number(map.found()),
                  map.name(),
                  map.className()));
    }
  }

  private static void row(String indent, Measurement m, PrintStream out) {
    out.println(
        "%s  %s evaluations/s (rounds: %s to %s)"
            .formatted(
                indent,
                Words.number(Math.round(m.rate())),
                Words.number(Math.round(m.slowest())),
                Words.number(Math.round(m.fastest()))));
    out.println(
        "%s  a session: p50 %s, p99 %s, p99.9 %s, longest %s; %s bytes allocated"
            .formatted(
                indent,
                BenchReport.micros(m.p50()),
                BenchReport.micros(m.p99()),
                BenchReport.micros(m.p999()),
                BenchReport.micros(m.longest()),
                Words.number(m.bytes())));
  }

  private static int verdict(Measurement m, double other, double allowed, PrintStream out) {
    if (other <= 0) {
      return ExitStatus.OK;
    }
    double slower = m.slowerThan(other);
    out.println("\n%.1f %% %s".formatted(Math.abs(slower), slower > 0 ? "slower" : "faster"));
    return allowed >= 0 && slower > allowed ? 1 : ExitStatus.OK;
  }
}
