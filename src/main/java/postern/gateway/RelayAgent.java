package postern.gateway;

import java.util.List;
import java.util.concurrent.CompletionStage;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.Outcome;
import postern.smtp.client.RecipientOutcome;
import postern.smtp.client.RelayClient;
import postern.smtp.client.RelayJob;

/** Hands deliveries of an SMTP mailer to the relay client. */
final class RelayAgent implements DeliveryAgent {
  private final RelayClient client;
  private final int port;

  /**
   * An agent.
   *
   * @param port port of the mailer's {@code A=TCP $h PORT}, 0 for the default
   */
  RelayAgent(RelayClient client, int port) {
    this.client = client;
    this.port = port;
  }

  @Override
  public CompletionStage<List<Outcome>> deliver(Delivery delivery) {
    RelayJob job =
        new RelayJob(
            delivery.envelope(), port, delivery.size(), delivery.content()::open, delivery.more());
    return client.deliver(job).thenApply(outcomes -> outcomes.stream().map(this::outcome).toList());
  }

  private Outcome outcome(RecipientOutcome from) {
    return switch (from.kind()) {
      case DELIVERED ->
          new Outcome.Delivered(
              from.relay(),
              from.dsn(),
              from.stat(),
              from.tls(),
              from.dsnPassedOn() ? Outcome.Report.PASSED_ON : Outcome.Report.RELAYED);
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
