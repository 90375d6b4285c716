package postern.queue;

import java.time.Instant;
import java.util.List;
import postern.smtp.Envelope;

/**
 * A message in the spool as an operator sees it.
 *
 * @param message the message; its envelope names the recipients that are still waiting
 * @param waiting how each of them stands, in the same order
 * @param warned a delay warning has been sent
 */
public record QueueEntry(Stored message, List<Waiting> waiting, boolean warned) {
  public QueueEntry {
    waiting = List.copyOf(waiting);
  }

  /**
   * A recipient that waits.
   *
   * @param row its row in the spool
   * @param recipient the envelope's recipient
   * @param due when it is tried next; {@link Instant#MAX} while the message is held
   * @param tries attempts so far
   * @param tried last attempt, {@link Instant#EPOCH} if there was none
   * @param dsn enhanced code of the last attempt, or empty
   * @param reason {@code stat=} of the last attempt, or empty
   */
  public record Waiting(
      long row,
      Envelope.Recipient recipient,
      Instant due,
      int tries,
      Instant tried,
      String dsn,
      String reason) {
    /** A recipient that has just arrived. */
    static Waiting untried(long row, Envelope.Recipient recipient, Instant arrived) {
      return new Waiting(row, recipient, arrived, 0, Instant.EPOCH, "", "");
    }
  }

  /** One line of the attempts log. */
  public record Attempt(
      long row,
      int no,
      Instant at,
      String relay,
      String tls,
      String dsn,
      String reply,
      String stat) {}

  /** Whether an operator or a rule set has put the message aside. */
  public boolean held() {
    return !message.envelope().quarantine().isEmpty();
  }

  /** The queue key of a destination: everything that waits for the same mailer and host. */
  static String lane(Envelope.Recipient recipient) {
    return recipient.route().mailer() + " " + recipient.route().host();
  }
}
