package postern.gateway;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.queue.QueueRequests;

/**
 * Has the requests of {@code postern queue} carried out, off the timer's thread, one look at a
 * time.
 */
final class Operators {
  private static final Logger LOG = LoggerFactory.getLogger(Operators.class);

  private final QueueRequests requests;
  private final Executor workers;
  private final AtomicBoolean looking = new AtomicBoolean();

  Operators(QueueRequests requests, Executor workers) {
    this.requests = requests;
    this.workers = workers;
  }

  void look() {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    try {
      workers.execute(this::carryOut);
    } catch (RejectedExecutionException e) {
      looking.set(false); // busy, or about to stop
    }
  }

  private void carryOut() {
    try {
      requests.look();
    } catch (IOException e) {
      LOG.debug("requests of operators: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("SYSERR: requests of operators", e);
    } finally {
      looking.set(false);
    }
  }
}
