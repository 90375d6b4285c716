package postern.queue;

import java.time.Duration;

/**
 * When messages are tried, and how many at a time.
 *
 * @param runInterval {@code -q30m}: time between queue runs; zero for none
 * @param minAge {@code MinQueueAge}: a message is not tried again within this time
 * @param maxAge {@code MaxQueueAge}: if longer than {@code minAge}, the age doubles with each try
 *     up to this; zero for a constant age
 * @param queueReturn {@code Timeout.queuereturn}: give up after this
 * @param queueWarn {@code Timeout.queuewarn}: tell the sender once; zero for never
 * @param perDestination deliveries to one mailer and host at the same time; a destination earns
 *     them by successes
 * @param total deliveries at the same time
 * @param inMemory messages loaded and ready to be tried; the rest stays on disk
 * @param recipientsPerDelivery recipients in one transaction
 * @param order which of the messages for one destination goes first
 */
public record ScheduleSettings(
    Duration runInterval,
    Duration minAge,
    Duration maxAge,
    TimeLimits queueReturn,
    TimeLimits queueWarn,
    int perDestination,
    int total,
    int inMemory,
    int recipientsPerDelivery,
    Order order) {

  /** A run every 30 minutes, age 0, five days, no warning, 20 a destination, 500 in all. */
  public static final ScheduleSettings DEFAULT =
      new ScheduleSettings(
          Duration.ofMinutes(30),
          Duration.ZERO,
          Duration.ZERO,
          TimeLimits.all(Duration.ofDays(5)),
          TimeLimits.all(Duration.ZERO),
          20,
          500,
          10_000,
          100,
          Order.DEFAULT);

  /** The time from the try number {@code tries} (from 1) until the next is allowed. */
  Duration age(int tries) {
    if (maxAge.compareTo(minAge) <= 0) {
      return minAge;
    }
    Duration age = minAge.isZero() ? Duration.ofMinutes(1) : minAge;
    for (int i = 1; i < tries && age.compareTo(maxAge) < 0; i++) {
      age = age.multipliedBy(2);
    }
    return age.compareTo(maxAge) < 0 ? age : maxAge;
  }

  /** How long a destination that is down is left alone after {@code failures} failures in a row. */
  Duration pause(int failures) {
    Duration longest = runInterval.compareTo(minAge) > 0 ? runInterval : minAge;
    Duration first = min(Duration.ofMinutes(1), longest);
    if (longest.isZero()) {
      return Duration.ofMinutes(1);
    }
    Duration pause = first;
    for (int i = 1; i < failures && pause.compareTo(longest) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return min(pause, longest);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
