package postern.queue;

import java.io.IOException;
import java.io.InputStream;
import postern.smtp.Envelope;

/**
 * One attempt: a message and those of its recipients that share a next hop.
 *
 * @param envelope its recipients are the ones to try now; all have the same mailer and host
 * @param size octets of {@link #content}
 * @param content the message, header first, line ends as received
 * @param more further messages for the same mailer and host are waiting or likely soon: a
 *     connection is worth keeping
 * @param tries attempts before this one
 */
public record Delivery(Envelope envelope, long size, Content content, boolean more, int tries) {

  /** A message's content, to be opened as often as needed. Opening and reading may block. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }
}
