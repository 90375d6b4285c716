package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import postern.smtp.Envelope;

/**
 * A message to be relayed.
 *
 * @param envelope recipients to try, all with the same host in their route; {@code route.user} is
 *     what RCPT names
 * @param transport how the next hop is reached
 * @param size octets of content
 * @param content the message, header first
 * @param keepOpen more is likely to follow for the same host
 * @param firstTry none of the recipients was tried before
 */
public record RelayJob(
    Envelope envelope,
    Transport transport,
    long size,
    Content content,
    boolean keepOpen,
    boolean firstTry) {

  /** A message's content, to be opened as often as needed. Opening and reading may block. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }

  String host() {
    return envelope.recipients().get(0).route().host();
  }
}
