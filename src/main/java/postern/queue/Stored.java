package postern.queue;

import java.util.List;
import postern.smtp.Envelope;

/**
 * A message that the spool has made durable.
 *
 * @param key the spool's own number; rises with time
 * @param envelope its envelope as it was committed
 * @param size octets of content, line ends as received
 * @param kind where the message comes from
 * @param precedence what its header says about its importance
 */
public record Stored(long key, Envelope envelope, long size, Kind kind, Precedence precedence) {

  /** The same message, for some of its recipients. */
  Stored withRecipients(List<Envelope.Recipient> recipients) {
    return new Stored(key, envelope.withRecipients(recipients), size, kind, precedence);
  }

  /** Where a message comes from, which decides who hears of its failure. */
  public enum Kind {
    /** Received, or a bounce of our own to a sender. */
    MAIL,
    /** A bounce that could not be delivered, sent on to the postmaster; it never bounces again. */
    DOUBLE_BOUNCE
  }
}
