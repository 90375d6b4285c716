package postern.gateway;

import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.queue.Dsn;
import postern.queue.Order;
import postern.queue.Outcome;
import postern.queue.QueueLog;
import postern.queue.Stored;
import postern.smtp.Envelope;
import postern.smtp.client.RelayLog;
import postern.smtp.server.ServerLog;

/**
 * Log lines in sendmail's words and order, so that whatever reads sendmail's log reads ours. What a
 * peer sent is bounded and stripped of controls.
 */
final class MailLog implements ServerLog, QueueLog, RelayLog, CompatibleAgent.Log {
  private static final Logger LOG = LoggerFactory.getLogger("mail");
  private static final int LONGEST = 256;

  private final Order order;

  /**
   * @param order what {@code pri=} is made of
   */
  MailLog(Order order) {
    this.order = order;
  }

  /** Text of a peer's, fit for one line. */
  static String safe(String text) {
    int n = Math.min(text.length(), LONGEST);
    StringBuilder out = new StringBuilder(n);
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c >= 0x7f ? '?' : c);
    }
    return n < text.length() ? out.append("...").toString() : out.toString();
  }

  private static String prefix(String id) {
    return id.isEmpty() ? "" : id + ": ";
  }

  // ---- server

  @Override
  public void connected(PeerFacts peer) {
    LOG.debug("NOQUEUE: connect from {}", peer.description());
  }

  @Override
  public void tlsStarted(PeerFacts peer, TlsFacts facts) {
    LOG.info(
        "STARTTLS=server, relay={}, version={}, verify={}, cipher={}, bits={}/{}",
        safe(peer.description()),
        facts.version(),
        facts.verify().text(),
        facts.cipher(),
        facts.algorithmBits(),
        facts.cipherBits());
    if (!facts.certSubject().isEmpty()) {
      LOG.info(
          "STARTTLS=server, cert-subject={}, cert-issuer={}, verifymsg={}",
          facts.certSubject(),
          facts.certIssuer(),
          facts.verifyMessage());
    }
  }

  @Override
  public void tlsFailed(PeerFacts peer, String reason) {
    LOG.info(
        "STARTTLS=server, error: accept failed=-1, reason={}, relay={}",
        safe(reason),
        safe(peer.description()));
  }

  @Override
  public void authenticated(PeerFacts peer, String mechanism, String identity, int strength) {
    LOG.info(
        "AUTH=server, relay={}, authid={}, mech={}, bits={}",
        safe(peer.description()),
        safe(identity),
        mechanism,
        strength);
  }

  @Override
  public void authFailed(PeerFacts peer, String mechanism, String why) {
    LOG.info("AUTH failure ({}): {}, relay={}", mechanism, safe(why), safe(peer.description()));
  }

  @Override
  public void decided(
      String id, String ruleSet, String arg1, String arg2, PeerFacts peer, Verdict verdict) {
    StringBuilder line = new StringBuilder(prefix(id));
    line.append("ruleset=").append(ruleSet).append(", arg1=").append(safe(arg1));
    if (!arg2.isEmpty()) {
      line.append(", arg2=").append(safe(arg2));
    }
    line.append(", relay=").append(safe(peer.description())).append(", ").append(words(verdict));
    LOG.info("{}", line);
  }

  private static String words(Verdict verdict) {
    if (verdict instanceof Verdict.Reject reject) {
      return "reject=" + safe(reject.line());
    }
    if (verdict instanceof Verdict.Quarantine quarantine) {
      return "quarantine=" + safe(quarantine.reason());
    }
    return "discard";
  }

  @Override
  public void arrived(Arrival arrival) {
    StringBuilder line = new StringBuilder(prefix(arrival.id()));
    line.append("from=").append(safe(arrival.sender()));
    line.append(", size=").append(arrival.size()).append(", class=");
    line.append(arrival.messageClass()).append(", nrcpts=");
    line.append(arrival.recipients());
    if (!arrival.messageId().isEmpty()) {
      line.append(", msgid=").append(safe(arrival.messageId()));
    }
    if (!arrival.bodyType().isEmpty()) {
      line.append(", bodytype=").append(arrival.bodyType());
    }
    line.append(", proto=").append(arrival.protocol()).append(", daemon=");
    line.append(safe(arrival.daemon())).append(", relay=");
    line.append(safe(arrival.peer().description()));
    LOG.info("{}", line);
  }

  @Override
  public void note(String id, String text) {
    LOG.info("{}{}", prefix(id), safe(text));
  }

  @Override
  public void fault(String id, String what, Throwable cause) {
    LOG.error("{}SYSERR: {}", prefix(id), safe(what), cause);
  }

  // ---- queue

  @Override
  public void tried(
      Stored message,
      Envelope.Recipient recipient,
      Outcome outcome,
      Duration delay,
      Duration took,
      int tries) {
    StringBuilder line = new StringBuilder(prefix(message.envelope().id()));
    line.append("to=<").append(safe(recipient.address())).append(">, delay=");
    line.append(clock(delay)).append(", xdelay=").append(clock(took));
    line.append(", mailer=").append(recipient.route().mailer());
    line.append(", pri=");
    line.append(order.priority(message, message.envelope().recipients().size(), tries - 1));
    if (!outcome.relay().isEmpty()) {
      line.append(", relay=").append(safe(outcome.relay()));
    }
    line.append(", dsn=").append(outcome.dsn());
    String reply =
        outcome instanceof Outcome.Temporary t
            ? t.reply()
            : outcome instanceof Outcome.Permanent p ? p.reply() : "";
    if (!reply.isEmpty()) {
      line.append(", reply=").append(safe(reply));
    }
    line.append(", stat=").append(safe(outcome.stat()));
    LOG.info("{}", line);
  }

  private static String clock(Duration time) {
    long s = Math.max(0, time.toSeconds());
    String hours = String.format(Locale.ROOT, "%02d:%02d:%02d", s / 3600 % 24, s / 60 % 60, s % 60);
    return s >= 86_400 ? s / 86_400 + "+" + hours : hours;
  }

  @Override
  public void reported(Stored message, Stored dsn, Dsn.Type type, String why) {
    LOG.info("{}: {}: DSN: {}", message.envelope().id(), dsn.envelope().id(), safe(why));
  }

  @Override
  public void unreported(Stored message, String why) {
    LOG.info("{}: {}", message.envelope().id(), safe(why));
  }

  @Override
  public void done(Stored message, Duration delay, int tries) {
    LOG.debug("{}: done; delay={}, ntries={}", message.envelope().id(), clock(delay), tries);
  }

  @Override
  public void trouble(String what, Throwable cause) {
    LOG.error("SYSERR: {}", what, cause);
  }

  // ---- relay

  @Override
  public void tls(String relay, TlsFacts facts) {
    LOG.info(
        "STARTTLS=client, relay={}, version={}, verify={}, cipher={}, bits={}/{}",
        safe(relay),
        facts.version(),
        facts.verify().text(),
        facts.cipher(),
        facts.algorithmBits(),
        facts.cipherBits());
  }

  @Override
  public void tlsFailed(String relay, String reason) {
    LOG.info(
        "STARTTLS=client, error: connect failed=-1, reason={}, relay={}",
        safe(reason),
        safe(relay));
  }

  @Override
  public void rejected(
      String queueId, String ruleSet, String argument, String relay, Verdict.Reject verdict) {
    LOG.info(
        "{}ruleset={}, arg1={}, relay={}, reject={}",
        prefix(queueId),
        ruleSet,
        safe(argument),
        safe(relay),
        safe(verdict.line()));
  }

  @Override
  public void incompatible(String id, String sender, String recipient, Verdict verdict) {
    LOG.info(
        "{}ruleset=check_compat, arg1=<{}>, arg2=<{}>, {}",
        prefix(id),
        safe(sender),
        safe(recipient),
        words(verdict));
  }

  @Override
  public void skipped(String host) {
    LOG.info("clt_features=TEMPFAIL, host={}, status=skipped", safe(host));
  }

  @Override
  public void authenticated(String relay, String mechanism) {
    LOG.info("AUTH=client, relay={}, mech={}, bits=0", safe(relay), mechanism);
  }

  @Override
  public void authFailed(String relay, String mechanism, String reply) {
    LOG.info("AUTH=client, relay={}, mech={}, failed: {}", safe(relay), mechanism, safe(reply));
  }

  @Override
  public void authSkipped(String relay, String offered) {
    LOG.info(
        "AUTH=client, relay={}, available mechanisms={} do not fit", safe(relay), safe(offered));
  }

  @Override
  public void injected(String relay) {
    LOG.warn("STARTTLS=client, relay={}, dropped plaintext behind the 220", safe(relay));
  }
}
