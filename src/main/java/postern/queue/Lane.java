package postern.queue;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * A destination (mailer and host) as the scheduler sees it: what is ready for it, what is under
 * way, and whether it answers at all. Touched by the scheduler's thread only.
 */
final class Lane {
  private static final int FIRST_WINDOW = 2;
  private static final int SCARCE = 4;
  private static final int MOST_STRIKES = 3;

  final String name;
  final ArrayDeque<Job> ready = new ArrayDeque<>();

  /** Keys of messages that are ready or under way here. */
  final Set<Long> loaded = new HashSet<>();

  int running;

  /** Deliveries at the same time; grows with successes, so that a dead host ties few up. */
  int window = FIRST_WINDOW;

  /** The disk may have more that is due. */
  boolean more;

  /** Waits in the scheduler's round for its turn. */
  boolean queued;

  /** The destination is left alone for a while. */
  boolean paused;

  /** Pauses in a row without a success between them. */
  int failures;

  private int strikes;
  private boolean proven;

  /** Counts pauses, so that a timer of an earlier one does not end a later one. */
  int pauses;

  /** Milliseconds between the last two messages that came fresh for it. */
  long freshGap = Long.MAX_VALUE;

  private long lastFresh = Long.MIN_VALUE / 2;

  Lane(String name) {
    this.name = name;
  }

  boolean canStart() {
    return !paused && running < window && !ready.isEmpty();
  }

  /** Jobs to load: enough to keep the window busy, few when memory is scarce. */
  int roomInMemory(boolean scarce) {
    return paused ? 0 : (scarce ? SCARCE : 2 * window + 2) - loaded.size();
  }

  void fresh(long now) {
    freshGap = now - lastFresh;
    lastFresh = now;
  }

  void succeeded(int most) {
    failures = 0;
    strikes = 0;
    proven = true;
    window = Math.min(most, window + 1);
  }

  /**
   * A delivery failed because the host did not serve. One that has served well before may fail a
   * few times in a row; fewer deliveries are then made at a time.
   *
   * @return whether the destination is to be left alone now
   */
  boolean failed() {
    strikes++;
    window = Math.max(1, window / 2);
    return !proven || strikes >= MOST_STRIKES;
  }

  void paused() {
    failures++;
    strikes = 0;
    proven = false;
    window = 1;
    paused = true;
  }
}
