package postern.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.policy.Policy;
import postern.policy.Verdict;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.Outcome;
import postern.smtp.Envelope;
import postern.smtp.client.RecipientOutcome;

/**
 * Asks {@code check_compat} for each recipient before another agent delivers to those that it lets
 * pass; whatever the mailer, at every attempt, as sendmail does. A refusal decides by its own code,
 * a recipient that is discarded hears nothing, a quarantine is only noted: the message is on its
 * way out already.
 */
final class CompatibleAgent implements DeliveryAgent {

  /** Hears of all answers but a plain yes. */
  interface Log {
    /** {@code ruleset=check_compat, arg1=<…>, arg2=<…>, reject=…} */
    void incompatible(String id, String sender, String recipient, Verdict verdict);
  }

  private final DeliveryAgent agent;
  private final Supplier<Policy> policy;
  private final Log log;
  private final Executor workers;

  /**
   * An agent.
   *
   * @param policy the policy of the moment
   * @param workers where rule sets may wait for their maps
   */
  CompatibleAgent(DeliveryAgent agent, Supplier<Policy> policy, Log log, Executor workers) {
    this.agent = agent;
    this.policy = policy;
    this.log = log;
    this.workers = workers;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    Policy now = policy.get();
    return now.asksCompatible()
        ? CompletableFuture.supplyAsync(() -> refused(delivery.envelope(), now), workers)
            .thenCompose(refused -> deliver(delivery, refused))
        : agent.deliver(delivery);
  }

  /** For each recipient its outcome if there is to be no delivery, else null. */
  private List<@Nullable Outcome> refused(Envelope envelope, Policy policy) {
    List<@Nullable Outcome> refused = new ArrayList<>();
    for (Envelope.Recipient recipient : envelope.recipients()) {
      Verdict verdict = policy.compatible(envelope.id(), envelope.sender(), recipient.address());
      if (!(verdict instanceof Verdict.Accept)) {
        log.incompatible(envelope.id(), envelope.sender(), recipient.address(), verdict);
      }
      if (verdict instanceof Verdict.Reject reject) {
        RecipientOutcome outcome = RecipientOutcome.refused(reject, recipient.route().host());
        refused.add(RelayAgent.outcome(outcome, Outcome.Report.DELIVERED));
      } else if (verdict instanceof Verdict.Discard) {
        refused.add(new Outcome.Delivered("", "2.0.0", "discarded", "", Outcome.Report.PASSED_ON));
      } else {
        refused.add(null);
      }
    }
    return refused;
  }

  private CompletionStage<List<Outcome>> deliver(
      Delivery delivery, List<@Nullable Outcome> refused) {
    List<Envelope.Recipient> passed = new ArrayList<>();
    for (int i = 0; i < refused.size(); i++) {
      if (refused.get(i) == null) {
        passed.add(delivery.envelope().recipients().get(i));
      }
    }
    if (passed.isEmpty()) {
      return CompletableFuture.completedFuture(merged(refused, List.of()));
    }
    if (passed.size() == refused.size()) {
      return agent.deliver(delivery);
    }
    Delivery rest =
        new Delivery(
            delivery.envelope().withRecipients(passed),
            delivery.size(),
            delivery.content(),
            delivery.more(),
            delivery.tries());
    return agent.deliver(rest).thenApply(outcomes -> merged(refused, outcomes));
  }

  /** Outcomes in the order of all recipients. */
  private static List<Outcome> merged(List<@Nullable Outcome> refused, List<Outcome> delivered) {
    List<Outcome> all = new ArrayList<>();
    int next = 0;
    for (Outcome outcome : refused) {
      all.add(outcome != null ? outcome : delivered.get(next++));
    }
    return all;
  }
}
