package postern.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets long work end early when the user presses Ctrl-C: it is asked to stop, and the program waits
 * until what was done so far is printed. The process then ends with {@link ExitStatus#INTERRUPTED},
 * whatever was found: half of the work is no verdict.
 */
final class Interrupt implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "interrupt");
  private final Runnable stopping;
  private volatile boolean asked;

  /** For work that looks at {@link #asked} now and then. */
  Interrupt() {
    this(() -> {});
  }

  /**
   * For work that wants to be told.
   *
   * @param stopping called once, by another thread
   */
  Interrupt(Runnable stopping) {
    this.stopping = stopping;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    asked = true;
    stopping.run();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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

  /** The exit status: {@code whole} if the work came to its end. */
  int status(int whole) {
    return asked ? ExitStatus.INTERRUPTED : whole;
  }

  /** What was to be printed is printed. */
  @Override
  public void close() {
    System.out.flush();
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the hook runs already, and now ends
    }
  }
}
