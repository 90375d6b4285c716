package postern.smtp.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postern.policy.Resolution;
import postern.policy.Verdict;
import postern.smtp.Envelope;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.Route;

/** One mail transaction as it grows; dropped at RSET, EHLO, STARTTLS and end of data. */
final class Transaction {
  final String id;
  final MailCommand mail;
  private final Instant arrived;
  private final List<Envelope.Recipient> recipients = new ArrayList<>(2);

  /** Where mail goes, and how the recipient was named when it was first. */
  private final Map<Route, String> routes = new HashMap<>(4);

  private int accepted;
  private int distinct;
  private boolean discarded;
  private String quarantine;

  Transaction(String id, MailCommand mail, Instant arrived, boolean discarded, String quarantine) {
    this.id = id;
    this.mail = mail;
    this.arrived = arrived;
    this.discarded = discarded;
    this.quarantine = quarantine;
  }

  /** Recipients that were answered with 250, dropped ones included. */
  int accepted() {
    return accepted;
  }

  /** The same, but who was named more than once counts once: the {@code nrcpts=} of the log. */
  int distinct() {
    return distinct;
  }

  /**
   * Takes a recipient; one that was named before gets the message once.
   *
   * @return how the recipient was named first: that is what the answer names
   */
  String accept(RcptCommand rcpt, Resolution resolution) {
    accepted++;
    String named = rcpt.path().given();
    if (resolution instanceof Resolution.Deliverable to) {
      Route route = new Route(to.mailer(), to.host(), to.user());
      String before = routes.putIfAbsent(route, named);
      if (before != null) {
        return before;
      }
      recipients.add(
          new Envelope.Recipient(rcpt.path().address(), rcpt.dsnNotify(), rcpt.orcpt(), route));
    }
    distinct++;
    return named;
  }

  /**
   * Heeds a verdict that accepts but wants the message dropped or held; the first reason counts.
   */
  void note(Verdict verdict) {
    if (verdict instanceof Verdict.Discard) {
      discarded = true;
    } else if (verdict instanceof Verdict.Quarantine held && quarantine.isEmpty()) {
      quarantine = held.reason();
    }
  }

  /** Whether nothing of the message is to be kept. */
  boolean dropped() {
    return discarded || recipients.isEmpty();
  }

  /** For {@code $u}: the recipient if there is just one. */
  String onlyRecipient() {
    return distinct == 1 && recipients.size() == 1 ? recipients.get(0).address() : "";
  }

  Envelope envelope() {
    return new Envelope(
        id,
        mail.path().address(),
        recipients,
        mail.body(),
        mail.ret(),
        mail.envid(),
        mail.requireTls(),
        arrived,
        quarantine,
        mail.parameters().containsKey("SMTPUTF8"),
        mail.deliverBy());
  }
}
