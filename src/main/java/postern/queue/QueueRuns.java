package postern.queue;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Queue runs: sweeps through the destinations on disk that bring what is due into memory, and the
 * times at which they begin. A sweep is made in steps, so that new mail is not kept waiting.
 * Touched by the {@link Timekeeper}'s thread only.
 */
final class QueueRuns {
  private static final int LANES_PER_STEP = 200;

  private final Spool spool;
  private final ScheduleSettings settings;
  private final QueueLog log;
  private final Timekeeper time;
  private final BooleanSupplier stopped;
  private final Lanes lanes;

  /** Starts what is ready. */
  private final Runnable dispatch;

  /** How far the sweep that is under way has come; null when none is. */
  private @Nullable String sweepAt;

  private boolean sweepStalled;
  private long sweepNextDue = Long.MAX_VALUE;

  /** Nothing on disk is due before this, as far as the last sweep and later changes tell. */
  private long nextDue = Long.MIN_VALUE;

  private @Nullable Instant next;

  QueueRuns(
      Spool spool,
      ScheduleSettings settings,
      QueueLog log,
      Timekeeper time,
      BooleanSupplier stopped,
      Lanes lanes,
      Runnable dispatch) {
    this.spool = spool;
    this.settings = settings;
    this.log = log;
    this.time = time;
    this.stopped = stopped;
    this.lanes = lanes;
    this.dispatch = dispatch;
  }

  /** When the next regular run begins; null if none is planned. */
  @Nullable Instant next() {
    return next;
  }

  /** Plans the regular runs, if there are to be any. */
  void begin() {
    if (!settings.runInterval().isZero()) {
      plan();
    }
  }

  private void plan() {
    next = time.now().plus(settings.runInterval());
    time.after(
        settings.runInterval(),
        () -> {
          if (!stopped.getAsBoolean()) {
            plan();
            run(false);
          }
        });
  }

  /** Something on disk is due at this time, in milliseconds since 1970. */
  void due(long millis) {
    nextDue = Math.min(nextDue, millis);
  }

  /** Something on disk may be due now. */
  void dueNow() {
    nextDue = Long.MIN_VALUE;
  }

  /**
   * Begins a run, if something may be due.
   *
   * @param force begin anyway, and end all pauses
   */
  void run(boolean force) {
    if (stopped.getAsBoolean()) {
      return;
    }
    if (force) {
      lanes.resumeAll();
    } else if (nextDue > time.now().toEpochMilli()) {
      return;
    }
    if (sweepAt != null) {
      dueNow(); // the sweep under way may have passed what is due now
      return;
    }
    sweepAt = "";
    sweepNextDue = Long.MAX_VALUE;
    nextDue = Long.MAX_VALUE;
    sweep();
  }

  /** One step through the lanes on disk; fair to others because it hands the thread back. */
  private void sweep() {
    String at = sweepAt;
    if (stopped.getAsBoolean() || at == null) {
      return;
    }
    long now = time.now().toEpochMilli();
    try {
      for (int i = 0; i < LANES_PER_STEP; i++) {
        if (lanes.full()) {
          sweepStalled = true; // goes on from here when there is room, so that all get their turn
          sweepAt = at;
          dispatch.run();
          return;
        }
        Optional<Spool.LaneDue> found = spool.nextLane(at);
        if (found.isEmpty()) {
          at = null;
          break;
        }
        at = found.get().lane();
        if (found.get().due() > now) {
          sweepNextDue = Math.min(sweepNextDue, found.get().due());
        } else {
          visit(at);
        }
      }
    } catch (IOException e) {
      log.trouble("sweeping the queue", e);
      at = null;
    }
    sweepAt = at;
    dispatch.run();
    if (at != null) {
      time.execute(this::sweep);
    } else {
      due(sweepNextDue);
    }
  }

  /** Memory has room again: a sweep that waited for it goes on. */
  void roomAgain() {
    if (sweepStalled && lanes.loaded() < settings.inMemory() * 3 / 4) {
      sweepStalled = false;
      sweep();
    }
  }

  private void visit(String name) {
    due(time.now().toEpochMilli());
    lanes.look(name);
  }

  /** Tries now what waits for hosts that {@code wanted} takes, whatever is due or paused. */
  void run(Predicate<String> wanted) {
    runLanes("", wanted);
  }

  private void runLanes(String after, Predicate<String> wanted) {
    String at = after;
    try {
      for (int i = 0; i < LANES_PER_STEP; i++) {
        Optional<Spool.LaneDue> found =
            stopped.getAsBoolean() ? Optional.empty() : spool.nextLane(at);
        if (found.isEmpty()) {
          return;
        }
        String name = found.get().lane();
        at = name;
        if (wanted.test(name.substring(name.indexOf(' ') + 1))) {
          var unused =
              spool
                  .setLaneDue(name, time.now().toEpochMilli())
                  .thenRun(() -> time.execute(() -> runLane(name)));
        }
      }
    } catch (IOException e) {
      log.trouble("looking for destinations", e);
      return;
    }
    String next = at;
    time.execute(() -> runLanes(next, wanted));
  }

  private void runLane(String name) {
    if (!stopped.getAsBoolean()) {
      lanes.resume(lanes.lane(name));
      visit(name);
      dispatch.run();
    }
  }
}
