package postern.offline.suite;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tries numbered mutants on all processors. Whoever is told to stop stops within a second: a mutant
 * that loops until the machine gives it up is not waited for, and counts as not tried.
 */
final class Trials {
  private static final long POLL_MILLIS = 50;
  private static final long PATIENCE_MILLIS = 500;
  private static final int SURVIVED = 1;
  private static final int KILLED = 2;

  private final AtomicIntegerArray states;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger left;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile boolean stopped;

  Trials(int count) {
    states = new AtomicIntegerArray(count);
    left = new AtomicInteger(count);
  }

  /**
   * Tries all, or until it is enough.
   *
   * @param kills whether a test notices that mutant
   * @param progress told how many are left, from any thread
   * @param enough whether to stop
   */
  void run(IntPredicate kills, IntConsumer progress, BooleanSupplier enough) {
    List<Thread> workers =
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
            .mapToObj(i -> new Thread(() -> work(kills, progress), "mutants-" + i))
            .toList();
    for (Thread worker : workers) {
      worker.setDaemon(true);
      worker.start();
    }
    try {
      for (Thread worker : workers) {
        while (worker.isAlive() && !enough.getAsBoolean() && failure.get() == null) {
          worker.join(POLL_MILLIS);
        }
      }
      stopped = true;
      for (Thread worker : workers) {
        worker.join(PATIENCE_MILLIS);
      }
    } catch (InterruptedException e) {
      stopped = true;
      Thread.currentThread().interrupt();
    }
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private void work(IntPredicate kills, IntConsumer progress) {
    try {
      for (int i = next.getAndIncrement();
          i < states.length() && !stopped;
          i = next.getAndIncrement()) {
        boolean killed = kills.test(i);
        if (stopped) {
          return; // its files may be gone, so what it says may be wrong
        }
        states.set(i, killed ? KILLED : SURVIVED);
        progress.accept(left.decrementAndGet());
      }
    } catch (RuntimeException e) {
      if (!stopped) {
        failure.compareAndSet(null, e);
      }
    }
  }

  /** How many did not come to an end. */
  int left() {
    return (int) IntStream.range(0, states.length()).filter(i -> states.get(i) == 0).count();
  }

  /** The numbers of those that no test noticed. */
  List<Integer> survivors() {
    return IntStream.range(0, states.length())
        .filter(i -> states.get(i) == SURVIVED)
        .boxed()
        .toList();
  }
}
