package postern.queue;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Hands messages to a next hop: an SMTP relay, a mailbox. One agent serves a mailer. */
@FunctionalInterface
public interface DeliveryAgent {

  /**
   * Tries to deliver. Must return without blocking.
   *
   * @return one outcome for each recipient of the delivery's envelope, in its order; a stage that
   *     fails, or is of another length, counts as a temporary failure of all
   */
  CompletionStage<List<Outcome>> deliver(Delivery delivery);
}
