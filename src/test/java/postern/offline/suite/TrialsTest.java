package postern.offline.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TrialsTest {
  @Test
  void allAreTriedAndSurvivorsNamedInOrder() {
    Trials trials = new Trials(100);
    AtomicInteger told = new AtomicInteger();
    trials.run(i -> i % 10 != 3, left -> told.incrementAndGet(), () -> false);
    assertEquals(List.of(3, 13, 23, 33, 43, 53, 63, 73, 83, 93), trials.survivors());
    assertEquals(0, trials.left());
    assertEquals(100, told.get());
  }

  @Test
  void whoIsStoppedDoesNotWaitForAMutantThatLoops() {
    Trials trials = new Trials(100);
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch never = new CountDownLatch(1);
    long start = System.nanoTime();
    trials.run(
        i -> {
          if (i == 5) {
            stop.set(true);
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return i != 2;
        },
        left -> {},
        stop::get);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    never.countDown();
    assertTrue(took.toSeconds() < 10, took.toString());
    assertTrue(trials.left() > 0 && trials.left() < 100, String.valueOf(trials.left()));
  }

  @Test
  void aFaultInOneIsThrown() {
    Trials trials = new Trials(100);
    assertThrows(
        IllegalStateException.class,
        () ->
            trials.run(
                i -> {
                  throw new IllegalStateException("fault");
                },
                left -> {},
                () -> false));
  }
}
