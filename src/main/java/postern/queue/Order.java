package postern.queue;

import java.util.Comparator;
import java.util.Locale;

/**
 * {@code QueueSortOrder}: which of the messages that are due for one destination goes first, and
 * the numbers that {@code pri=} is made of.
 *
 * @param by what is compared
 * @param recipientFactor {@code RecipientFactor}: what each recipient costs
 * @param classFactor {@code ClassFactor}: what the message's class saves
 * @param retryFactor {@code RetryFactor}: what each attempt costs
 */
public record Order(By by, long recipientFactor, long classFactor, long retryFactor) {
  /** sendmail's order: by priority. */
  public static final Order DEFAULT = new Order(By.PRIORITY, 30_000, 1_800, 90_000);

  /** What is compared; each destination has a queue of its own, so that hosts need not be. */
  public enum By {
    PRIORITY,
    TIME,
    RANDOM,
    NONE
  }

  /** The order that the option names; {@code host}, {@code filename} and such stand for others. */
  public static By by(String option) {
    return switch (option.isEmpty() ? 'p' : option.toLowerCase(Locale.ROOT).charAt(0)) {
      case 'p', 'h' -> By.PRIORITY; // host: then by priority
      case 't', 'f', 'm' -> By.TIME; // file names and their times rise with the time of arrival
      case 'r' -> By.RANDOM;
      case 'n' -> By.NONE;
      default -> throw new IllegalArgumentException("unknown QueueSortOrder " + option);
    };
  }

  /** {@code pri=}: the lower, the sooner. */
  public long priority(Stored message, int recipients, int tries) {
    return message.size()
        - message.precedence().messageClass() * classFactor
        + recipients * recipientFactor
        + tries * retryFactor;
  }

  Comparator<QueueEntry> comparator() {
    return switch (by) {
      case PRIORITY -> Comparator.comparingLong(this::priority);
      case TIME -> Comparator.comparing(entry -> entry.message().envelope().arrived());
      case RANDOM -> // an order, though not one of this world: the key, mixed
          Comparator.comparingLong(e -> e.message().key() * 0x9E3779B97F4A7C15L);
      case NONE -> Comparator.comparingInt(entry -> 0);
    };
  }

  private long priority(QueueEntry entry) {
    int tries = 0;
    for (QueueEntry.Waiting w : entry.waiting()) {
      tries = Math.max(tries, w.tries());
    }
    return priority(entry.message(), entry.waiting().size(), tries);
  }
}
