package postern.offline.replay;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import postern.offline.Hook;
import postern.offline.Words;
import postern.offline.log.LogCounts;
import postern.offline.log.Unused;

/** A replay's findings as text for a terminal. */
public final class TextReport {
  private static final int ROWS = 10;
  private static final int SAMPLE_REASONS = 5;

  private final Summary summary;
  private final StringBuilder out = new StringBuilder();
  private final DateTimeFormatter when;

  private TextReport(Summary summary) {
    this.summary = summary;
    when = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(summary.zone());
  }

  /** The report, line ends included. */
  public static String of(Summary summary) {
    TextReport report = new TextReport(summary);
    report.all();
    return report.out.toString();
  }

  private void all() {
    Tally tally = summary.tally();
    read();
    if (tally.sessions() == 0) {
      line("No sessions were found.");
      return;
    }
    verdicts();
    line("");
    changes();
    if (tally.changed(Tally.Change.NEWLY_REFUSED) > 0) {
      top("Newly refused, by access line", tally.newEntries());
      top("Newly refused, by rule", tally.newRules());
      top("Newly refused, by destination", tally.newDestinations());
      top("Newly refused, by peer: the ten biggest casualties", tally.newPeers());
      samples("What was newly refused, for example", tally.newReasons());
    }
    if (tally.changed(Tally.Change.MAYBE) > 0) {
      top("Depends on facts that the log does not hold", tally.open());
      samples("For example", tally.open());
    }
    if (tally.changed(Tally.Change.NEWLY_PASSED) > 0) {
      top("Not refused any more, by peer", tally.passedPeers());
    }
    if (tally.now(Kind.REFUSE) > 0) {
      top("All that is refused, by reason", tally.reasons());
    }
  }

  private void read() {
    LogCounts counts = summary.counts();
    double seconds = Math.max(0.001, summary.seconds());
    line(
        "%s in %.1f s (%s lines/s): %s%s"
            .formatted(
                Words.count(counts.lines(), "line"),
                seconds,
                Words.number(Math.round(counts.lines() / seconds)),
                Words.count(summary.tally().sessions(), "session"),
                summary.tally().first() > summary.tally().last()
                    ? ""
                    : ", "
                        + time(summary.tally().first())
                        + " to "
                        + time(summary.tally().last())));
    if (summary.stopped()) {
      line("Stopped early: this is what was read until then.");
    }
    for (String log : counts.broken()) {
      line("  " + log);
    }
    for (Unused reason : Unused.values()) {
      long many = counts.unused(reason);
      if (many > 0) {
        line(
            "  %s %s %s"
                .formatted(Words.number(many), many == 1 ? "line" : "lines", reason.words()));
      }
    }
    note(counts.incomplete(), "message", "of which the log does not name every recipient");
    note(
        counts.withoutTlsLines(),
        "delivery",
        "of which the log does not tell whether there was TLS: no line ever does");
    note(counts.pushedOut(), "message", "given up unfinished because too many were open");
    line("");
  }

  private void note(long many, String one, String what) {
    if (many > 0) {
      String word = many == 1 ? one : one.replaceFirst("y$", "ie") + "s";
      line("  " + Words.number(many) + " " + word + " " + what);
    }
  }

  private void verdicts() {
    Tally tally = summary.tally();
    line("%-42s %14s %14s".formatted("", summary.policy(), summary.baseline()));
    for (Kind kind : Kind.values()) {
      long now = tally.now(kind);
      long before = tally.before(kind);
      if (now + before > 0) {
        line("  %-40s %14s %14s".formatted(kind.words(), Words.number(now), Words.number(before)));
      }
    }
    if (tally.partlyRefused() > 0) {
      line(
          "  sessions that go on with some of their recipients refused: "
              + Words.number(tally.partlyRefused()));
    }
    StringBuilder hooks = new StringBuilder();
    for (Map.Entry<Hook, Long> hook : tally.refusedAt().entrySet()) {
      hooks.append(hooks.length() == 0 ? "  refused at " : ", ");
      hooks.append(hook.getKey().text()).append(' ').append(Words.number(hook.getValue()));
    }
    if (hooks.length() > 0) {
      line(hooks.toString());
    }
  }

  private void changes() {
    Tally tally = summary.tally();
    for (Tally.Change change : Tally.Change.values()) {
      long many = tally.changed(change);
      if (many > 0 || change == Tally.Change.NEWLY_REFUSED) {
        line("%14s  %s".formatted(Words.number(many), change.words()));
      }
    }
  }

  private void top(String title, Top top) {
    List<Top.Cell> cells = top.largest(ROWS);
    if (cells.isEmpty()) {
      return;
    }
    line("");
    line(title);
    for (Top.Cell cell : cells) {
      String name = cell.name().isEmpty() ? "(none)" : cell.name();
      String count = (cell.error() > 0 ? "~" : "") + Words.number(cell.count());
      String span =
          cell.first() > cell.last() ? "" : time(cell.first()) + " to " + time(cell.last());
      String row = "%12s  %s".formatted(count, Words.wrap(name, Words.WIDTH - 14, " ".repeat(14)));
      int last = row.length() - row.lastIndexOf('\n') - 1;
      line(
          span.isEmpty() || last + 2 + span.length() <= Words.WIDTH
              ? row + "  " + span
              : row + "\n" + " ".repeat(14) + span);
    }
    if (top.size() > cells.size()) {
      line(
          "              and %s more%s"
              .formatted(
                  Words.number(top.size() - cells.size()),
                  top.isExact()
                      ? ""
                      : "; ~ marks counts that may be too high, as small ones were dropped"));
    }
  }

  private void samples(String title, Top top) {
    line("");
    line(title);
    for (Top.Cell cell : top.largest(SAMPLE_REASONS)) {
      for (Top.Sample sample : cell.samples()) {
        line("  " + Words.wrap(sample.session(), Words.WIDTH, "    "));
        line("    " + Words.wrap(sample.ruling(), Words.WIDTH, "    "));
        line("    (" + sample.place() + ")");
      }
    }
  }

  private String time(long millis) {
    return when.format(Instant.ofEpochMilli(millis));
  }

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }

  /** For the other reports: a date and time in the zone of the logs. */
  static String time(long millis, ZoneId zone) {
    return millis == Long.MAX_VALUE || millis == Long.MIN_VALUE
        ? ""
        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(Instant.ofEpochMilli(millis).atZone(zone));
  }
}
