package postern.queue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * Carries out what operators ask for from another process ({@link QueueDesk}). Requests lie in a
 * table of the spool; one that nobody waits for any more is dropped, not carried out late.
 */
public final class QueueRequests {
  private static final String DONE = "done";
  private static final String NO_SUCH_MESSAGE = "none";
  private static final String FAILED = "failed: ";
  private static final long STALE_MILLIS = 20_000;

  private final Spool spool;
  private final Scheduler scheduler;

  /** A request as it lies in the table. */
  record Pending(long id, String what, String queueId, String reason) {}

  public QueueRequests(Spool spool, Scheduler scheduler) {
    this.spool = spool;
    this.scheduler = scheduler;
  }

  /** Looks for requests and carries them out; to be called about twice a second. May block. */
  public void look() throws IOException {
    List<Pending> pending = spool.requests();
    long oldest = System.currentTimeMillis() - STALE_MILLIS;
    for (Pending one : pending) {
      if (one.id() >> 20 < oldest) {
        spool.dropRequest(one.id());
      } else {
        spool.answer(one.id(), answer(one));
      }
    }
  }

  private String answer(Pending one) {
    try {
      boolean found =
          switch (QueueDesk.Change.valueOf(one.what())) {
            case HOLD -> scheduler.hold(one.queueId(), one.reason());
            case RELEASE -> scheduler.release(one.queueId());
            case REMOVE -> scheduler.remove(one.queueId());
            case FLUSH -> {
              scheduler.flush().toCompletableFuture().join();
              yield true;
            }
          };
      return found ? DONE : NO_SUCH_MESSAGE;
    } catch (IOException | CompletionException | IllegalArgumentException e) {
      return FAILED + e.getMessage();
    }
  }

  /** Whether the message was there. */
  static boolean understand(String answer) throws SpoolException {
    if (answer.startsWith(FAILED)) {
      throw new SpoolException(SpoolException.Kind.FAULT, answer.substring(FAILED.length()));
    }
    return answer.equals(DONE);
  }
}
