package postern.queue;

import java.util.List;
import postern.smtp.Envelope;

/**
 * What one attempt did to a message, written as one transaction: recipients that are done leave,
 * others are put off, and bounces enter the spool in the same moment.
 *
 * @param key the message
 * @param size its size, which decides how its content is removed
 * @param done rows of recipients that are delivered or given up
 * @param deferred recipients that stay
 * @param bounces messages to insert
 * @param warned a delay warning is among them
 */
record Settlement(
    long key,
    long size,
    List<Long> done,
    List<Deferral> deferred,
    List<NewMessage> bounces,
    boolean warned) {

  /**
   * A recipient that stays.
   *
   * @param row its row
   * @param due when to try again
   * @param tries attempts so far, this one included
   * @param at when it was tried
   * @param outcome what happened
   */
  record Deferral(long row, long due, int tries, long at, Outcome.Temporary outcome) {}

  /** A message that the queue itself writes. */
  static final class NewMessage {
    private final Envelope envelope;
    private final byte[] content;
    private final Stored.Kind kind;

    /** Keeps {@code content} as it is; nobody may change it. */
    NewMessage(Envelope envelope, byte[] content, Stored.Kind kind) {
      this.envelope = envelope;
      this.content = content;
      this.kind = kind;
    }

    Envelope envelope() {
      return envelope;
    }

    byte[] content() {
      return content;
    }

    Stored.Kind kind() {
      return kind;
    }
  }
}
