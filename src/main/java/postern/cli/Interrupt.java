package postern.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets long work end early when the user presses Ctrl-C: it is asked to stop, and the program waits
 * until what was done so far is printed.
 */
final class Interrupt implements AutoCloseable {
  private static final int SECONDS = 5;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "interrupt");
  private volatile boolean asked;

  Interrupt() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    asked = true;
    try {
      if (!done.await(SECONDS, TimeUnit.SECONDS)) {
        System.err.println("postern: stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether to stop. */
  boolean asked() {
    return asked;
  }

  /** What was to be printed is printed. */
  @Override
  public void close() {
    if (!asked) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    System.out.flush();
    done.countDown();
  }
}
