package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.offline.RecordException;
import postern.offline.log.LogInput;
import postern.offline.replay.DataReport;
import postern.offline.replay.HtmlReport;
import postern.offline.replay.Judge;
import postern.offline.replay.Replay;
import postern.offline.replay.Ruling;
import postern.offline.replay.Samples;
import postern.offline.replay.Summary;
import postern.offline.replay.Tally;
import postern.offline.replay.TextReport;

/** {@code postern replay}: what a policy would have said to the sessions in logs. */
final class ReplayCommand {
  static final String HELP =
      """
      postern replay: what a policy would have done to the mail in a log

        postern replay [--policy FILE] [--access FILE] [--against FILE] [--against-access FILE] LOG...

        --policy FILE          the policy, .cf or .mc; without it that of -C, or the stock policy
        --access FILE          the access map it uses ({AccessFile})
        --against FILE         compare with this policy; without it (and --against-access) with what
                               the log says was done
        --against-access FILE  the other policy's access map; without it the same as --access
        --html FILE            also a report with pictures, one file
        --samples FILE         also session records of what fails or may fail, three of each reason,
                               for postern explain
        --json, --csv          the findings for programs, instead of text
        --zone ZONE            where time stamps without one come from (Europe/Berlin, UTC)

      A LOG is a mail log of sendmail, Postfix or Postern (syslog with BSD or RFC 5424 time stamps,
      journalctl -o export or -o json), or session records of Postern (serve --json-log); plain,
      gzip or zstd; - is standard input. mail.log, mail.log.1, mail.log.2.gz are read oldest first.

      Exit codes: 0 nothing that passed before fails, 1 something does or may, 65 a log could not be
      read to its end (what was read is reported), 130 stopped early (Ctrl-C), 64 and above as
      everywhere.
      """;

  private static final int NEWLY_FAILS = 1;

  private ReplayCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("replay", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    String policy = flags.value("policy");
    String access = flags.value("access");
    String against = flags.value("against");
    String againstAccess = flags.value("against-access");
    if (againstAccess == null && against != null) {
      againstAccess = access; // or the policies would differ by that, too
    }
    ZoneId zone = zone("replay", flags.value("zone"));
    boolean json = flags.has("json");
    boolean csv = flags.has("csv");
    String html = flags.value("html");
    String samplesFile = flags.value("samples");
    if (json && csv) {
      throw new UsageException("replay: --json or --csv, not both");
    }
    List<String> logs = flags.operands();
    if (logs.isEmpty()) {
      throw new UsageException("replay wants a log; see postern replay --help");
    }
    Configuration newer = PolicyFiles.compile(switches, policy, access);
    if (CheckCommand.print(newer, System.err) > 0) {
      return CheckCommand.failure(newer);
    }
    Configuration older = null;
    if (against != null || againstAccess != null) {
      older = PolicyFiles.compile(switches, against == null ? policy : against, againstAccess);
      if (CheckCommand.print(older, System.err) > 0) {
        return CheckCommand.failure(older);
      }
    }
    List<LogInput> inputs = inputs(logs);
    if (inputs.isEmpty()) {
      return ExitStatus.OS_FILE;
    }
    Replay replay = new Replay(inputs, zone);
    Judge judge = new Judge(newer);
    Judge other = older == null ? null : new Judge(older);
    Tally tally = new Tally(other != null);
    long began = System.nanoTime();
    Interrupt interrupt = new Interrupt(replay::stop);
    LogProgress progress = new LogProgress(replay.counts(), replay.size(), System.err);
    Samples samples = new Samples();
    Judge.Outliner outliner = judge.outliner();
    Judge.Outliner otherOutliner = other == null ? null : other.outliner();
    try {
      replay.run(
          session ->
              new Outlines(
                  outliner.outline(session.facts()),
                  otherOutliner == null ? "" : otherOutliner.outline(session.facts())),
          (session, outlines) -> {
            Ruling before =
                other == null ? Tally.then(session) : other.judge(session.facts(), outlines.older);
            Ruling ruling = judge.judge(session.facts(), outlines.newer);
            samples.offer(session.facts(), ruling, tally.add(session, ruling, before));
          });
    } catch (RecordException e) {
      interrupt.close();
      System.err.println("postern: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    } catch (RuntimeException e) {
      interrupt.close();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      progress.close();
    }
    // What both have in common tells them apart badly.
    boolean oneAccess = other != null && Objects.equals(access, againstAccess);
    Summary summary =
        new Summary(
            name(policy, switches, oneAccess ? null : access),
            other == null
                ? "the log"
                : name(
                    against == null ? policy : against, switches, oneAccess ? null : againstAccess),
            tally,
            replay.counts(),
            (System.nanoTime() - began) / 1e9,
            replay.isStopped(),
            zone);
    try {
      if (samplesFile != null) {
        samples.write(Path.of(samplesFile));
      }
      if (html != null) {
        Files.writeString(Path.of(html), HtmlReport.of(summary));
      }
      out.print(
          json ? DataReport.json(summary) : csv ? DataReport.csv(summary) : TextReport.of(summary));
      out.flush();
    } finally {
      interrupt.close();
    }
    if (tellBroken(replay)) {
      return interrupt.status(ExitStatus.DATA_ERROR);
    }
    return interrupt.status(tally.newlyFails() ? NEWLY_FAILS : ExitStatus.OK);
  }

  /** Whether a log could not be read to its end; says which. */
  static boolean tellBroken(Replay replay) {
    List<String> broken = replay.counts().broken();
    for (String log : broken) {
      System.err.println("postern: " + log);
    }
    return !broken.isEmpty();
  }

  /** What a session looks like to the policy, and to the one it is compared with. */
  private record Outlines(String newer, String older) {}

  private static String name(
      @Nullable String file, SendmailSwitches switches, @Nullable String access) {
    Path name =
        Path.of(access != null ? access : file == null ? switches.configurationFile() : file);
    Path last = name.getFileName();
    return last == null ? name.toString() : last.toString();
  }

  /** The logs, or none if one cannot be read; then the reason has been told. */
  static List<LogInput> inputs(List<String> logs) throws IOException {
    try {
      return LogInput.of(logs, Instant.now());
    } catch (NoSuchFileException e) {
      System.err.println("postern: no log " + e.getFile());
      return List.of();
    }
  }

  static ZoneId zone(String command, @Nullable String name) throws UsageException {
    try {
      return name == null ? ZoneId.systemDefault() : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new UsageException(command + ": --zone is like Europe/Berlin or UTC, not " + name);
    }
  }
}
