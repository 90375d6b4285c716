package postern.queue;

import java.time.Duration;

/**
 * How long messages may wait: {@code Timeout.queuereturn} or {@code Timeout.queuewarn} with their
 * classes.
 */
public record TimeLimits(Duration normal, Duration urgent, Duration nonUrgent, Duration dsn) {
  /** The same for every class. */
  public static TimeLimits all(Duration limit) {
    return new TimeLimits(limit, limit, limit, limit);
  }

  /** The limit of a message; a bounce has its own. */
  Duration of(Stored message) {
    if (message.envelope().sender().isEmpty()) {
      return dsn;
    }
    return switch (message.precedence().urgency()) {
      case NORMAL -> normal;
      case URGENT -> urgent;
      case NON_URGENT -> nonUrgent;
    };
  }

  /** The shortest one; zero (never) only if all are. */
  Duration shortest() {
    Duration least = Duration.ZERO;
    for (Duration d : new Duration[] {normal, urgent, nonUrgent, dsn}) {
      if (!d.isZero() && (least.isZero() || d.compareTo(least) < 0)) {
        least = d;
      }
    }
    return least;
  }
}
