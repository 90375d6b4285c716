package postern.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * Looks for messages that have grown old, tried or not: those to give up and those to warn of. Runs
 * on the {@link Timekeeper}'s thread, a few messages a step.
 */
final class Ageing {
  /** How often to look. */
  static final Duration CHECK = Duration.ofMinutes(10);

  private static final int PER_STEP = 50;

  private final Spool spool;
  private final ScheduleSettings settings;
  private final QueueLog log;
  private final Timekeeper time;
  private final BooleanSupplier stopped;
  private final BiConsumer<QueueEntry, Instant> old;
  private long warnedUpTo;
  private boolean looking;

  /**
   * @param old settles an old message, if nobody is at work on it
   */
  Ageing(
      Spool spool,
      ScheduleSettings settings,
      QueueLog log,
      Timekeeper time,
      BooleanSupplier stopped,
      BiConsumer<QueueEntry, Instant> old) {
    this.spool = spool;
    this.settings = settings;
    this.log = log;
    this.time = time;
    this.stopped = stopped;
    this.old = old;
  }

  /** Looks through the queue, unless it is looking already. */
  void look() {
    if (!looking) {
      looking = true;
      step(0, false);
    }
  }

  /**
   * Looks at messages oldest first, until one is too young: keys rise with time of arrival. First
   * for those to give up, then, from where the last look ended, for those to warn of.
   */
  private void step(long after, boolean warning) {
    long at = after;
    boolean over = stopped.getAsBoolean();
    try {
      List<QueueEntry> entries = over ? List.of() : spool.entriesAfter(at, PER_STEP);
      over = entries.isEmpty();
      Instant now = time.now();
      Duration youngest = (warning ? settings.queueWarn() : settings.queueReturn()).shortest();
      for (QueueEntry entry : entries) {
        Duration age = Duration.between(entry.message().envelope().arrived(), now);
        if (age.compareTo(youngest) < 0) {
          over = true;
          break;
        }
        at = entry.message().key();
        if (!entry.held()) {
          old.accept(entry, now);
        }
      }
    } catch (IOException e) {
      log.trouble("looking for old messages", e);
      over = true;
    }
    long next = at;
    if (warning) {
      warnedUpTo = next;
    }
    if (!over) {
      time.execute(() -> step(next, warning));
    } else if (!warning && warns() && !stopped.getAsBoolean()) {
      time.execute(() -> step(warnedUpTo, true));
    } else {
      looking = false;
    }
  }

  private boolean warns() {
    return !settings.queueWarn().shortest().isZero();
  }
}
