package postern.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A timekeeper whose clock is turned by the test, which also is its thread. */
final class HandClock implements Timekeeper {
  private record Timer(Instant at, Runnable task) {}

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<Timer> timers = new ArrayList<>();
  private volatile Instant now;

  /** Waits for what other threads are doing. */
  private Runnable behind = () -> {};

  HandClock(Instant start) {
    now = start;
  }

  void behind(Runnable wait) {
    behind = wait;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    timers.add(new Timer(now.plus(delay), task));
  }

  @Override
  public void close() {
    tasks.clear();
  }

  /** Turns the clock on, timer by timer, and does what is due. */
  void advance(Duration by) {
    Instant end = now.plus(by);
    Timer next = firstUntil(end);
    while (next != null) {
      now = next.at().isAfter(now) ? next.at() : now;
      next.task().run();
      quiet();
      next = firstUntil(end);
    }
    now = end;
    quiet();
  }

  private synchronized @org.jspecify.annotations.Nullable Timer firstUntil(Instant end) {
    Timer first = null;
    for (Timer timer : timers) {
      if (!timer.at().isAfter(end) && (first == null || timer.at().isBefore(first.at()))) {
        first = timer;
      }
    }
    timers.remove(first);
    return first;
  }

  /** Does what there is to do, and what comes of it behind the scenes, until nothing is left. */
  void quiet() {
    boolean worked = true;
    while (worked) {
      worked = drain();
      behind.run();
      worked |= !tasks.isEmpty();
    }
  }

  private boolean drain() {
    boolean worked = false;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
      worked = true;
    }
    return worked;
  }

  /** Does what there is to do until {@code condition} holds; fails after ten seconds. */
  void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    try {
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("did not come about within 10 s");
        }
        Runnable task = tasks.poll(5, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
