package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.offline.RecordException;
import postern.offline.Words;
import postern.offline.log.LogCounts;
import postern.offline.log.LogInput;
import postern.offline.log.Unused;
import postern.offline.replay.Replay;
import postern.offline.suggest.Habits;

/** {@code postern suggest}: access lines that peers would have met. Changes nothing. */
final class SuggestCommand {
  static final String HELP =
      """
      postern suggest: access lines that would fit what peers did

        postern suggest [--least N] [--tolerate PERCENT] [--zone ZONE] LOG...

        --least N           peers with at least N sessions (default 20)
        --tolerate PERCENT  lines that up to so many percent of a peer's sessions would have missed
                            (default 0)

      Each line is preceded by a comment: how many sessions it rests on, how many it would have
      refused, and how many percent of this peer's mail it may refuse at most, at 95 % confidence,
      if the peer goes on as it did. Nothing is changed: copy what you want into the access map, and
      try it with postern replay --access. LOG is as for postern replay.
      """;

  private SuggestCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("suggest", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    int least = number(flags.value("least"), 20, "--least");
    int tolerated = number(flags.value("tolerate"), 0, "--tolerate");
    ZoneId zone = ReplayCommand.zone("suggest", flags.value("zone"));
    List<String> logs = flags.operands();
    if (logs.isEmpty()) {
      throw new UsageException("suggest wants a log; see postern suggest --help");
    }
    List<LogInput> inputs = ReplayCommand.inputs(logs);
    if (inputs.isEmpty()) {
      return ExitStatus.OS_FILE;
    }
    Replay replay = new Replay(inputs, zone);
    Habits habits = new Habits();
    Interrupt interrupt = new Interrupt(replay::stop);
    LogProgress progress = new LogProgress(replay.counts(), replay.size(), System.err);
    try {
      replay.run(session -> habits.add(session.facts()));
      progress.close();
      print(
          habits,
          habits.proposals(least, tolerated / 100.0),
          replay.counts(),
          replay.isStopped(),
          zone,
          out);
    } catch (RecordException e) {
      System.err.println("postern: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      progress.close();
      out.flush();
      interrupt.close();
    }
    return interrupt.status(
        ReplayCommand.tellBroken(replay) ? ExitStatus.DATA_ERROR : ExitStatus.OK);
  }

  private static void print(
      Habits habits,
      List<Habits.Proposal> proposals,
      LogCounts counts,
      boolean stopped,
      ZoneId zone,
      PrintStream out) {
    if (stopped) {
      out.println("# Stopped early: this rests on what was read until then.");
    }
    out.println(
        "# %s, %s. Try them: postern replay --access FILE LOG"
            .formatted(
                Words.count(habits.peers(), "peer"), Words.count(proposals.size(), "proposal")));
    if (counts.sessions() == 0) {
      out.println("# No sessions were found in %s.".formatted(Words.count(counts.lines(), "line")));
    }
    for (Unused reason : Unused.values()) {
      if (counts.unused(reason) > 0) {
        out.println(
            "# not used: %s %s"
                .formatted(Words.count(counts.unused(reason), "line"), reason.words()));
      }
    }
    if (habits.unclear() > 0) {
      out.println(
          "# %s left out: the log does not tell whether there was TLS."
              .formatted(Words.count(habits.unclear(), "session")));
    }
    for (Habits.Proposal each : proposals) {
      out.println();
      out.println(
          String.format(
              Locale.ROOT,
              "# %s%s%s; it would have refused %s, at most %.1f %% to come",
              Words.count(each.sessions(), "session"),
              each.hosts() > 1 ? " of " + each.hosts() + " hosts" : "",
              span(each, zone),
              each.refused() == 0 ? "none" : Words.number(each.refused()),
              100 * each.worst()));
      out.println(each.line());
    }
  }

  private static String span(Habits.Proposal proposal, ZoneId zone) {
    if (proposal.first() > proposal.last()) {
      return "";
    }
    return " from "
        + Instant.ofEpochMilli(proposal.first()).atZone(zone).toLocalDate()
        + " to "
        + Instant.ofEpochMilli(proposal.last()).atZone(zone).toLocalDate();
  }

  private static int number(@Nullable String text, int otherwise, String name)
      throws UsageException {
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,6}")) {
      throw new UsageException("suggest: " + name + " wants a number, not " + text);
    }
    return Integer.parseInt(text);
  }
}
