package postern.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import postern.smtp.Envelope;
import postern.smtp.Route;

/**
 * Decides who hears of a failure, a delay or a success (RFC 3461 section 4.1: NOTIFY, RET; no
 * bounce of a bounce) and writes the messages. May block: it reads content and asks for routes.
 */
final class Bounces {
  private static final int LONGEST_HEADER = 64 << 10;

  private final Spool spool;
  private final BounceSettings settings;
  private final AddressRouter router;
  private final Supplier<String> ids;

  Bounces(Spool spool, BounceSettings settings, AddressRouter router, Supplier<String> ids) {
    this.spool = spool;
    this.settings = settings;
    this.router = router;
    this.ids = ids;
  }

  /** A report that will be sent, or why there is none. */
  record Report(Dsn.Type type, Optional<Settlement.NewMessage> message, String why) {}

  /** The reports that {@code items} are owed. */
  List<Report> reports(
      Stored message, Dsn.Type type, List<Dsn.Item> items, Instant now, Dsn.Age age)
      throws IOException {
    List<Dsn.Item> wanted = items.stream().filter(item -> wanted(item.recipient(), type)).toList();
    List<Report> reports = new ArrayList<>();
    if (wanted.size() < items.size() && type == Dsn.Type.FAILED) {
      reports.add(new Report(type, Optional.empty(), "the sender asked for no notification"));
    }
    if (!wanted.isEmpty()) {
      reports.add(report(message, type, wanted, now, age));
    }
    return reports;
  }

  private static boolean wanted(Envelope.Recipient recipient, Dsn.Type type) {
    List<String> notify = List.of(recipient.dsnNotify().toUpperCase(Locale.ROOT).split(",", -1));
    return switch (type) {
      case FAILED -> recipient.dsnNotify().isEmpty() || notify.contains("FAILURE");
      case DELAYED -> recipient.dsnNotify().isEmpty() || notify.contains("DELAY");
      case SUCCEEDED -> notify.contains("SUCCESS");
    };
  }

  private Report report(
      Stored message, Dsn.Type type, List<Dsn.Item> items, Instant now, Dsn.Age age)
      throws IOException {
    String sender = message.envelope().sender();
    if (!sender.isEmpty()) {
      Optional<Route> route = router.route(sender);
      if (route.isPresent()) {
        Settlement.NewMessage m =
            compose(message, type, items, sender, route.get(), Stored.Kind.MAIL, now, age);
        return new Report(type, Optional.of(m), "");
      }
    }
    if (type != Dsn.Type.FAILED) {
      return new Report(type, Optional.empty(), "there is nobody to tell");
    }
    if (message.kind() == Stored.Kind.DOUBLE_BOUNCE) {
      return new Report(type, Optional.empty(), "the bounce to the postmaster failed, too");
    }
    String postmaster = settings.doubleBounceAddress();
    Optional<Route> route = postmaster.isEmpty() ? Optional.empty() : router.route(postmaster);
    if (route.isEmpty()) {
      return new Report(type, Optional.empty(), "no DoubleBounceAddress that can be delivered to");
    }
    Settlement.NewMessage m =
        compose(message, type, items, postmaster, route.get(), Stored.Kind.DOUBLE_BOUNCE, now, age);
    return new Report(type, Optional.of(m), "");
  }

  private Settlement.NewMessage compose(
      Stored message,
      Dsn.Type type,
      List<Dsn.Item> items,
      String to,
      Route route,
      Stored.Kind kind,
      Instant now,
      Dsn.Age age)
      throws IOException {
    String id = ids.get();
    Dsn.Original original = original(message, type);
    byte[] content =
        Dsn.compose(
            settings,
            type,
            id,
            to,
            message.envelope(),
            items,
            original,
            now,
            age,
            kind == Stored.Kind.DOUBLE_BOUNCE);
    boolean eightBit = false;
    for (byte b : content) {
      eightBit |= b < 0;
    }
    Envelope envelope =
        new Envelope(
            id,
            "",
            List.of(new Envelope.Recipient(to, "", "", route)),
            eightBit ? "8BITMIME" : "",
            "",
            "",
            message.envelope().requireTls(),
            now,
            "");
    return new Settlement.NewMessage(envelope, content, kind);
  }

  /**
   * The whole message if RET and size allow; REQUIRETLS forbids it (RFC 8689 section 5), and so
   * does a class below 0: nobody wants mail to a list back.
   */
  private Dsn.Original original(Stored message, Dsn.Type type) throws IOException {
    Envelope e = message.envelope();
    boolean whole =
        type == Dsn.Type.FAILED
            && !e.ret().equalsIgnoreCase("HDRS")
            && !e.requireTls()
            && message.precedence().messageClass() >= 0
            && message.size() <= settings.returnLimit();
    try (InputStream content = spool.content(message)) {
      return whole
          ? new Dsn.Original(text(content.readAllBytes()), true)
          : new Dsn.Original(text(header(content)), false);
    }
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /** The header with its last line end, without the empty line; cut after whole lines. */
  static byte[] header(InputStream content) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    int n = content.read(buffer);
    while (n > 0) {
      for (int i = 0; i < n; i++) {
        line.write(buffer[i]);
        if (buffer[i] == '\n') {
          boolean empty = line.size() == 1 || (line.size() == 2 && line.toByteArray()[0] == '\r');
          if (empty || header.size() + line.size() > LONGEST_HEADER) {
            return header.toByteArray();
          }
          line.writeTo(header);
          line.reset();
        } else if (line.size() > LONGEST_HEADER) {
          return header.toByteArray();
        }
      }
      n = content.read(buffer);
    }
    line.writeTo(header);
    return header.toByteArray();
  }
}
