package postern.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import postern.smtp.Envelope;

/**
 * Writes delivery status notifications (RFC 3464): a part for people in sendmail's layout, one for
 * programs, and the message or its header. Pure: dates, ids and content are given.
 */
public final class Dsn {

  /** What is reported. */
  public enum Type {
    FAILED("failed", "failure"),
    DELAYED("delayed", "warning"),
    SUCCEEDED("delivered", "return-receipt");

    private final String action;
    private final String comment;

    Type(String action, String comment) {
      this.action = action;
      this.comment = comment;
    }
  }

  /**
   * One recipient in a report.
   *
   * @param notes sentences for the transcript, after the outcome's own
   */
  record Item(Envelope.Recipient recipient, Outcome outcome, List<String> notes) {}

  /** Content to return, an octet a character: the whole message or its header. */
  record Original(String text, boolean whole) {}

  private static final int MOST_ITEMS_SHOWN = 500;
  private static final int LONGEST_TEXT = 600;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmm", Locale.ENGLISH);

  private final BounceSettings settings;
  private final Type type;
  private final Envelope original;
  private final Instant now;
  private final StringBuilder out = new StringBuilder();

  private Dsn(BounceSettings settings, Type type, Envelope original, Instant now) {
    this.settings = settings;
    this.type = type;
    this.original = original;
    this.now = now;
  }

  /**
   * Composes a report.
   *
   * @param id queue id of the report
   * @param to who gets it
   * @param age for a warning, how long the message waits; and how long it may
   */
  static byte[] compose(
      BounceSettings settings,
      Type type,
      String id,
      String to,
      Envelope original,
      List<Item> items,
      Original content,
      Instant now,
      Age age,
      boolean toPostmaster) {
    Dsn dsn = new Dsn(settings, type, original, now);
    String text = content.text;
    String boundary = id + "." + now.getEpochSecond() + "/" + settings.host();
    while (text.contains(boundary)) {
      boundary += "x"; // somebody wrote it into the message: a bounce of a bounce does
    }
    boolean eightBit = content.whole && text.chars().anyMatch(c -> c > 127);
    dsn.header(id, to, boundary, toPostmaster, age);
    dsn.line("--" + boundary);
    dsn.line("");
    dsn.forPeople(items, age);
    dsn.line("--" + boundary);
    dsn.line("Content-Type: message/delivery-status");
    dsn.line("");
    dsn.forPrograms(items, age);
    dsn.line("--" + boundary);
    dsn.line("Content-Type: " + (content.whole ? "message/rfc822" : "text/rfc822-headers"));
    if (eightBit) {
      dsn.line("Content-Transfer-Encoding: 8bit");
    }
    dsn.line("");
    dsn.out.append(content.whole ? text : sevenBit(text));
    if (!text.endsWith("\r\n")) {
      dsn.line("");
    }
    dsn.line("");
    dsn.line("--" + boundary + "--");
    return dsn.out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** How long a message has waited and may wait. */
  record Age(Duration waited, Duration most) {}

  private void header(String id, String to, String boundary, boolean toPostmaster, Age age) {
    line("Date: " + date(now));
    line("From: Mail Delivery Subsystem <" + settings.mailerDaemon() + ">");
    line(
        "Message-Id: <"
            + STAMP.format(now.atZone(settings.zone()))
            + ("." + id + "@" + settings.host())
            + ">");
    line("To: " + (toPostmaster ? clean(to) : "<" + clean(to) + ">"));
    line("MIME-Version: 1.0");
    line("Content-Type: multipart/report; report-type=delivery-status;");
    line("\tboundary=\"" + boundary + "\"");
    line("Subject: " + subject(toPostmaster, age));
    line("Auto-Submitted: auto-generated (" + type.comment + ")");
    line("");
    line("This is a delivery report in MIME format.");
    line("");
  }

  private String subject(boolean toPostmaster, Age age) {
    String about =
        switch (type) {
          case FAILED -> "Returned mail: see transcript for details";
          case DELAYED -> "Warning: message not delivered after " + words(age.waited);
          case SUCCEEDED -> "Return receipt";
        };
    return toPostmaster ? "Postmaster notify: " + about : about;
  }

  private void forPeople(List<Item> items, Age age) {
    if (type == Type.DELAYED) {
      line("This is a warning only. There is no need to send the message again.");
      line("");
    }
    line("It concerns a message that was received here at " + date(original.arrived()));
    line("");
    line(
        switch (type) {
          case FAILED -> "   ----- The following addresses had permanent fatal errors -----";
          case DELAYED -> "   ----- The following addresses had transient non-fatal errors -----";
          case SUCCEEDED ->
              "   ----- The following addresses had successful delivery notifications -----";
        });
    for (Item item : shown(items)) {
      String state = type == Type.SUCCEEDED ? "  (" + success(item.outcome) + ")" : "";
      line("<" + clean(item.recipient.address()) + ">" + state);
      String diagnostic = diagnostic(item.outcome);
      if (!diagnostic.isEmpty()) {
        line("    (reason: " + clean(diagnostic) + ")");
      }
    }
    if (items.size() > MOST_ITEMS_SHOWN) {
      line("and " + (items.size() - MOST_ITEMS_SHOWN) + " more");
    }
    line("");
    line("   ----- Transcript of session follows -----");
    String last = "";
    for (Item item : shown(items)) {
      List<String> lines = transcript(item);
      String block = String.join("\n", lines);
      if (!block.equals(last)) { // many recipients of one dead host tell the same story
        lines.forEach(text -> line(clean(text)));
      }
      last = block;
    }
    if (type == Type.DELAYED) {
      line("Message still not delivered after " + words(age.waited));
      line("It will be tried until it is " + words(age.most) + " old");
    }
    line("");
  }

  private static List<String> transcript(Item item) {
    Outcome o = item.outcome;
    List<String> lines = new java.util.ArrayList<>();
    if (o instanceof Outcome.Permanent p) {
      lines.addAll(p.transcript());
      String code = p.diagnostic().startsWith("5") ? p.diagnostic().split(" ", 2)[0] : "554";
      lines.add(code + " " + p.dsn() + " <" + item.recipient.address() + ">... " + p.stat());
    } else if (o instanceof Outcome.Temporary t) {
      lines.addAll(t.transcript());
      lines.add("<" + item.recipient.address() + ">... " + t.stat());
    } else {
      lines.add("<" + item.recipient.address() + ">... " + o.stat());
    }
    lines.addAll(item.notes);
    return lines;
  }

  private void forPrograms(List<Item> items, Age age) {
    if (!original.envid().isEmpty()) {
      line("Original-Envelope-Id: " + clean(unxtext(original.envid())));
    }
    line("Reporting-MTA: dns; " + settings.host());
    line("Arrival-Date: " + date(original.arrived()));
    line("");
    for (Item item : items) {
      Outcome o = item.outcome;
      int semicolon = item.recipient.orcpt().indexOf(';');
      if (semicolon > 0) {
        String orcpt = item.recipient.orcpt();
        line(
            "Original-Recipient: "
                + clean(orcpt.substring(0, semicolon))
                + "; "
                + clean(unxtext(orcpt.substring(semicolon + 1))));
      }
      line("Final-Recipient: RFC822; " + clean(item.recipient.address()));
      line("Action: " + action(o));
      line("Status: " + status(o));
      int address = o.relay().indexOf(" [");
      if (address > 0) { // else it is no host
        line("Remote-MTA: DNS; " + clean(o.relay().substring(0, address)));
      }
      String diagnostic = diagnostic(o);
      if (!diagnostic.isEmpty()) {
        line("Diagnostic-Code: SMTP; " + clean(diagnostic));
      }
      line("Last-Attempt-Date: " + date(now));
      if (type == Type.DELAYED) {
        line("Will-Retry-Until: " + date(original.arrived().plus(age.most)));
      }
      line("");
    }
  }

  private String action(Outcome o) {
    boolean relayed = o instanceof Outcome.Delivered d && d.reported() == Outcome.Report.RELAYED;
    return relayed ? "relayed (to non-DSN-aware mailer)" : type.action;
  }

  private static String success(Outcome o) {
    boolean relayed = o instanceof Outcome.Delivered d && d.reported() == Outcome.Report.RELAYED;
    return relayed ? "relayed to a host that sends no notifications" : "delivered to mailbox";
  }

  /** A message that expired carries its last temporary code; RFC 3463 has 4.4.7 for that. */
  private String status(Outcome o) {
    return type == Type.FAILED && o instanceof Outcome.Temporary ? "4.4.7" : o.dsn();
  }

  private static String diagnostic(Outcome o) {
    if (o instanceof Outcome.Permanent p) {
      return p.diagnostic();
    }
    return o instanceof Outcome.Temporary t ? t.diagnostic() : "";
  }

  private static List<Item> shown(List<Item> items) {
    return items.subList(0, Math.min(items.size(), MOST_ITEMS_SHOWN));
  }

  private String date(Instant at) {
    return DATE.format(at.atZone(settings.zone()));
  }

  /** {@code 4 hours}, {@code 5 days}: the largest unit that does not round away the rest. */
  static String words(Duration d) {
    long minutes = Math.max(1, d.toMinutes());
    if (minutes % 1440 == 0) {
      return count(minutes / 1440, "day");
    }
    if (minutes >= 120) {
      return count(minutes / 60, "hour");
    }
    return count(minutes, "minute");
  }

  private static String count(long n, String unit) {
    return n + " " + unit + (n == 1 ? "" : "s");
  }

  private void line(String text) {
    out.append(text).append("\r\n");
  }

  /** One line of printable ASCII, bounded: what a peer or a sender wrote must not break ours. */
  static String clean(String text) {
    String bounded = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    StringBuilder clean = new StringBuilder(bounded.length());
    for (int i = 0; i < bounded.length(); i++) {
      char c = bounded.charAt(i);
      clean.append(c >= ' ' && c < 127 ? c : '?');
    }
    return clean.toString();
  }

  private static String sevenBit(String header) {
    StringBuilder clean = new StringBuilder(header.length());
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      clean.append(c < 127 ? c : '?');
    }
    return clean.toString();
  }

  /** Decodes xtext (RFC 3461 section 4); what is malformed stays as it is. */
  static String unxtext(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '+' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        plain.append((char) (high * 16 + low));
        i += 2;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
