package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import postern.policy.OutgoingMail;
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
 * @param tries attempts before this one
 */
public record RelayJob(
    Envelope envelope,
    Transport transport,
    long size,
    Content content,
    boolean keepOpen,
    int tries) {

  /** A message's content, to be opened as often as needed. Opening and reading may block. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }

  /** What rule sets are told of it. */
  OutgoingMail mail() {
    Envelope.Recipient first = envelope.recipients().get(0);
    return new OutgoingMail(
        envelope.id(),
        envelope.sender(),
        first.route().host(),
        first.route().user(),
        size,
        envelope.envid(),
        tries);
  }

  String host() {
    return envelope.recipients().get(0).route().host();
  }
}
