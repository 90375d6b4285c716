package postern.queue;

import postern.smtp.Envelope;

/**
 * A message that the spool has made durable.
 *
 * @param key the spool's own number; rises with time
 * @param envelope its envelope as it was committed
 * @param size octets of content, line ends as received
 * @param kind where the message comes from
 */
public record Stored(long key, Envelope envelope, long size, Kind kind) {

  /** Where a message comes from, which decides who hears of its failure. */
  public enum Kind {
    /** Received, or a bounce of our own to a sender. */
    MAIL,
    /** A bounce that could not be delivered, sent on to the postmaster; it never bounces again. */
    DOUBLE_BOUNCE
  }
}
