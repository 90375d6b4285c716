package postern.queue;

import java.time.Duration;
import postern.smtp.Envelope;

/**
 * Hears what the queue does, for the log and for counters. Called on the queue's threads; must not
 * block.
 */
public interface QueueLog {
  /** Hears nothing. */
  QueueLog NONE = new QueueLog() {};

  /**
   * One recipient was tried ({@code to=…, stat=…}).
   *
   * @param message the message
   * @param recipient the recipient
   * @param outcome what came of it
   * @param delay since the message arrived
   * @param took how long the attempt took ({@code xdelay=})
   * @param tries attempts so far, this one included
   */
  default void tried(
      Stored message,
      Envelope.Recipient recipient,
      Outcome outcome,
      Duration delay,
      Duration took,
      int tries) {}

  /** A bounce or warning {@code dsn} entered the queue because of {@code message}. */
  default void reported(Stored message, Stored dsn, Dsn.Type type, String why) {}

  /** A failure was not reported to anybody ({@code why} says so). */
  default void unreported(Stored message, String why) {}

  /** The last recipient is settled ({@code done; delay=…, ntries=…}). */
  default void done(Stored message, Duration delay, int tries) {}

  /** Something in the queue itself went wrong. */
  default void trouble(String what, Throwable cause) {}
}
