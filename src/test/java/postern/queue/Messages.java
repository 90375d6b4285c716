package postern.queue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import postern.smtp.Envelope;
import postern.smtp.Route;

/** Envelopes and content for tests. */
final class Messages {
  private Messages() {}

  static final byte[] SMALL =
      "Subject: test\r\nFrom: <a@b.test>\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);

  static Envelope envelope(String id, String sender, Instant arrived, String... recipients) {
    List<Envelope.Recipient> list =
        Arrays.stream(recipients).map(address -> recipient(address, "")).toList();
    return new Envelope(id, sender, list, "", "", "", false, arrived, "");
  }

  /** A recipient whose mail goes by mailer esmtp to its domain. */
  static Envelope.Recipient recipient(String address, String notify) {
    return new Envelope.Recipient(address, notify, "", route(address));
  }

  static Route route(String address) {
    return new Route("esmtp", address.substring(address.indexOf('@') + 1), address);
  }

  static Stored commit(Spool spool, Envelope envelope, byte[] content) {
    Incoming incoming = spool.begin();
    incoming.append(content, 0, content.length);
    return incoming.commit(envelope, new byte[0]).toCompletableFuture().join();
  }
}
