package postern.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clock and the one thread of a {@link Scheduler}: all its state is touched by tasks given to
 * this. Tests turn the clock by hand.
 */
public interface Timekeeper extends AutoCloseable {
  Instant now();

  /** Runs {@code task} soon, after those given before. Dropped once closed. */
  void execute(Runnable task);

  /** Runs {@code task} when {@code delay} has passed. Dropped once closed. */
  void after(Duration delay, Runnable task);

  @Override
  void close();

  /** The system's clock and a thread of its own. */
  static Timekeeper system() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "queue-scheduler");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Timekeeper() {
      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public void execute(Runnable task) {
        after(Duration.ZERO, task);
      }

      @Override
      public void after(Duration delay, Runnable task) {
        try {
          var unused = executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
          // closed: nothing is scheduled any more
        }
      }

      private Runnable guarded(Runnable task) {
        return () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            // A task's mistake must not vanish in a future nobody reads.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
          }
        };
      }

      @Override
      public void close() {
        executor.shutdown();
      }
    };
  }
}
