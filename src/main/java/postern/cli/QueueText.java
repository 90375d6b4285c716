package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import postern.queue.QueueDesk;
import postern.queue.QueueEntry;
import postern.queue.QueueReason;
import postern.queue.Spool;

/** What {@code postern queue} prints: lines of at most 100 columns, or JSON. */
final class QueueText {
  private static final int WIDTH = 100;
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm", Locale.ENGLISH);

  private final PrintStream out;
  private final boolean json;
  private final boolean served;
  private final Instant now;
  private final QueueJson records;

  /**
   * A printer.
   *
   * @param served whether a server has the queue open
   */
  QueueText(PrintStream out, boolean json, boolean served, Clock clock) {
    this.out = out;
    this.json = json;
    this.served = served;
    now = clock.instant();
    records = new QueueJson(out, served, now);
  }

  private static String when(Instant time) {
    return WHEN.format(time.atZone(ZoneId.systemDefault()));
  }

  /** What other people wrote, on one line and without control characters. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(c -> clean.appendCodePoint(c < ' ' || (c >= 0x7f && c < 0xa0) ? '?' : c));
    return clean.toString();
  }

  private static String cut(String text, int width) {
    String clean = clean(text);
    return clean.length() <= width ? clean : clean.substring(0, width - 1) + "…";
  }

  private void line(String text) {
    out.println(cut(text, WIDTH));
  }

  private static String size(long bytes) {
    if (bytes < 10_000) {
      return Long.toString(bytes);
    }
    return bytes < 10_000_000 ? bytes / 1000 + "k" : bytes / 1_000_000 + "M";
  }

  void beginList(Spool.Size size) throws IOException {
    if (json) {
      records.beginList(size);
      return;
    }
    if (size.messages() == 0) {
      out.println("The queue is empty.");
      return;
    }
    out.printf("%-15s %8s %-17s %s%n", "id", "size", "arrived", "sender, recipients, why");
  }

  void listed(QueueEntry entry) throws IOException {
    if (json) {
      records.message(entry);
      return;
    }
    var envelope = entry.message().envelope();
    line(
        "%-15s %8s %-17s <%s>"
            .formatted(
                envelope.id() + (entry.held() ? "!" : ""),
                size(entry.message().size()),
                when(envelope.arrived()),
                envelope.sender()));
    String indent = " ".repeat(25);
    for (QueueEntry.Waiting waiting : entry.waiting()) {
      line(indent + "<" + waiting.recipient().address() + ">");
    }
    wrapped("(" + QueueReason.sentence(entry, now, served) + ")", indent);
  }

  void endList() throws IOException {
    if (json) {
      records.end();
    }
  }

  /** Words in lines, none wider than the page. */
  private void wrapped(String text, String indent) {
    StringBuilder line = new StringBuilder(indent);
    for (String word : clean(text).split(" ", -1)) {
      if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line.setLength(0);
        line.append(indent);
      }
      line.append(line.length() > indent.length() ? " " : "").append(word);
      while (line.length() > WIDTH) {
        out.println(line.substring(0, WIDTH));
        line.delete(0, WIDTH).insert(0, indent);
      }
    }
    out.println(line);
  }

  void summary(Spool.Size size, List<QueueDesk.Destination> destinations) throws IOException {
    if (json) {
      records.summary(size, destinations);
      return;
    }
    out.println(
        plural(size.messages(), "message")
            + " for "
            + plural(size.recipients(), "recipient")
            + (served ? "; the server is running" : "; no server is running"));
    if (destinations.isEmpty()) {
      return;
    }
    out.println();
    out.printf(
        "%10s  %-32s %-17s %s%n", "recipients", "mailer, host", "next attempt", "last reason");
    for (QueueDesk.Destination one : destinations) {
      String next =
          one.due().equals(Instant.MAX)
              ? "held"
              : one.due().isAfter(now) ? when(one.due()) : "due now";
      line(
          "%10d  %-32s %-17s %s"
              .formatted(one.recipients(), cut(one.lane(), 32), next, one.reason()));
    }
  }

  private static String plural(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  void shown(QueueEntry entry, String header, List<QueueEntry.Attempt> attempts)
      throws IOException {
    if (json) {
      records.shown(entry, header, attempts);
      return;
    }
    var envelope = entry.message().envelope();
    wrapped(QueueReason.sentence(entry, now, served) + ".", "");
    out.println();
    field("id", envelope.id());
    field("arrived", when(envelope.arrived()) + ", " + ago(envelope.arrived()) + " ago");
    field("size", entry.message().size() + " bytes");
    field("sender", "<" + envelope.sender() + ">");
    optional("body", envelope.body());
    optional("ret", envelope.ret());
    optional("envid", envelope.envid());
    optional("requiretls", envelope.requireTls() ? "yes: only over verified TLS" : "");
    optional("smtputf8", envelope.smtpUtf8() ? "yes" : "");
    optional("held", envelope.quarantine());
    optional("warned", entry.warned() ? "the sender knows of the delay" : "");
    for (QueueEntry.Waiting waiting : entry.waiting()) {
      out.println();
      recipient(waiting, attempts);
    }
    out.println();
    out.println("header:");
    for (String headerLine : header.split("\r\n", -1)) {
      if (!headerLine.isEmpty()) {
        line("  " + headerLine.replace('\t', ' '));
      }
    }
  }

  private void field(String name, String value) {
    line("%-12s%s".formatted(name, value));
  }

  private void optional(String name, String value) {
    if (!value.isEmpty()) {
      field(name, value);
    }
  }

  private void recipient(QueueEntry.Waiting waiting, List<QueueEntry.Attempt> attempts) {
    var recipient = waiting.recipient();
    field("recipient", "<" + recipient.address() + ">");
    field("  goes to", recipient.route().mailer() + " " + recipient.route().host());
    optional("  notify", recipient.dsnNotify());
    optional("  orcpt", recipient.orcpt());
    field("  next", QueueReason.next(waiting, now, served));
    for (QueueEntry.Attempt attempt : attempts) {
      if (attempt.row() == waiting.row()) {
        field("  attempt " + attempt.no(), when(attempt.at()) + "  " + attempt.relay());
        optional("", attempt.tls().isEmpty() ? "" : "TLS: " + attempt.tls());
        optional("", (attempt.dsn() + " " + attempt.stat()).strip());
        optional("", attempt.reply());
      }
    }
  }

  private String ago(Instant time) {
    return QueueReason.length(Duration.between(time, now));
  }

  void flushed() {
    say(served ? "everything is being tried now" : "everything is due when the server starts");
  }

  void changed(QueueDesk.Change what, String id) {
    say(
        switch (what) {
          case HOLD -> id + " is held";
          case RELEASE -> id + (served ? " goes on now" : " goes on when the server starts");
          case REMOVE -> id + " is removed";
          case FLUSH -> "";
        });
  }

  private void say(String text) {
    if (json) {
      out.println("{\"done\":true}");
    } else {
      out.println(text);
    }
  }
}
