package postern.gateway;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import postern.policy.AddressForms;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.Outcome;
import postern.smtp.Envelope;

/**
 * Shows sender and header addresses the way the mailer does (its {@code S=} and {@code R=}) before
 * another agent delivers. Envelope recipients have their form from routing.
 */
final class DressingAgent implements DeliveryAgent {
  private final DeliveryAgent agent;
  private final Supplier<AddressForms> forms;
  private final Executor workers;

  /**
   * An agent.
   *
   * @param forms the mailer's forms in the configuration of the moment
   * @param workers where rule sets may wait for their maps
   */
  DressingAgent(DeliveryAgent agent, Supplier<AddressForms> forms, Executor workers) {
    this.agent = agent;
    this.forms = forms;
    this.workers = workers;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    return CompletableFuture.supplyAsync(() -> dressed(delivery), workers)
        .thenCompose(agent::deliver);
  }

  private Delivery dressed(Delivery delivery) {
    AddressForms now = forms.get();
    Envelope envelope = delivery.envelope();
    return new Delivery(
        envelope.withSender(now.sender(envelope.sender())),
        delivery.size(),
        () -> DressedContent.open(delivery.content().open(), now),
        delivery.more(),
        delivery.tries());
  }
}
