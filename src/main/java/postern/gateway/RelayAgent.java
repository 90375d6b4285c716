package postern.gateway;

import java.util.List;
import java.util.concurrent.CompletionStage;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.Outcome;
import postern.smtp.client.RecipientOutcome;
import postern.smtp.client.RelayClient;
import postern.smtp.client.RelayJob;
import postern.smtp.client.Transport;

/** Hands deliveries of an SMTP mailer to the relay client. */
final class RelayAgent implements DeliveryAgent {
  private final RelayClient client;
  private final Transport transport;

  /**
   * An agent.
   *
   * @param transport what the mailer's {@code A=} and {@code F=} say
   */
  RelayAgent(RelayClient client, Transport transport) {
    this.client = client;
    this.transport = transport;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    RelayJob job =
        new RelayJob(
            delivery.envelope(),
            transport,
            delivery.size(),
            delivery.content()::open,
            delivery.more(),
            delivery.tries());
    return client.deliver(job).thenApply(outcomes -> outcomes(outcomes, Outcome.Report.RELAYED));
  }

  /**
   * In the queue's words.
   *
   * @param success what is owed for a success that the next hop will not report
   */
  static List<Outcome> outcomes(List<RecipientOutcome> from, Outcome.Report success) {
    return from.stream().map(one -> outcome(one, success)).toList();
  }

  /** One of them. */
  static Outcome outcome(RecipientOutcome from, Outcome.Report success) {
    return switch (from.kind()) {
      case DELIVERED ->
          new Outcome.Delivered(
              from.relay(),
              from.dsn(),
              from.stat(),
              from.tls(),
              from.dsnPassedOn() ? Outcome.Report.PASSED_ON : success);
      case TEMPORARY ->
          new Outcome.Temporary(
              from.relay(),
              from.dsn(),
              from.reply(),
              from.diagnostic(),
              from.stat(),
              from.tls(),
              from.transcript(),
              from.hostDown());
      case PERMANENT ->
          new Outcome.Permanent(
              from.relay(),
              from.dsn(),
              from.reply(),
              from.diagnostic(),
              from.stat(),
              from.tls(),
              from.transcript());
    };
  }
}
