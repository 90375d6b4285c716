package postern.gateway;

import java.time.Duration;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.queue.Dsn;
import postern.queue.Outcome;
import postern.queue.QueueLog;
import postern.queue.Stored;
import postern.smtp.Envelope;
import postern.smtp.client.RelayLog;
import postern.smtp.server.ServerLog;

/** Counts what is on its way to the log. */
final class CountedLog implements ServerLog, QueueLog, RelayLog, CompatibleAgent.Log {
  private final MailLog log;
  private final Counters counters;

  CountedLog(MailLog log, Counters counters) {
    this.log = log;
    this.counters = counters;
  }

  @Override
  public void connected(PeerFacts peer) {
    counters.count("postern_connections_total");
    log.connected(peer);
  }

  @Override
  public void tlsStarted(PeerFacts peer, TlsFacts facts) {
    counters.count(handshake("server", facts));
    log.tlsStarted(peer, facts);
  }

  private static String handshake(String role, TlsFacts facts) {
    return Counters.labeled(
        "postern_tls_handshakes_total",
        "role",
        role,
        "version",
        facts.version(),
        "cipher",
        facts.cipher(),
        "verify",
        facts.verify().text());
  }

  @Override
  public void tlsFailed(PeerFacts peer, String reason) {
    counters.count(Counters.labeled("postern_tls_failures_total", "role", "server"));
    log.tlsFailed(peer, reason);
  }

  @Override
  public void authenticated(PeerFacts peer, String mechanism, String identity, int strength) {
    counters.count(login(mechanism, "ok"));
    log.authenticated(peer, mechanism, identity, strength);
  }

  @Override
  public void authFailed(PeerFacts peer, String mechanism, String why) {
    counters.count(login(mechanism, "failed"));
    log.authFailed(peer, mechanism, why);
  }

  private static String login(String mechanism, String result) {
    return Counters.labeled("postern_auth_total", "mechanism", mechanism, "result", result);
  }

  @Override
  public void decided(
      String id, String ruleSet, String arg1, String arg2, PeerFacts peer, Verdict verdict) {
    counters.count(verdict(ruleSet, verdict));
    log.decided(id, ruleSet, arg1, arg2, peer, verdict);
  }

  private static String verdict(String ruleSet, Verdict verdict) {
    String kind = "accept";
    String code = "";
    if (verdict instanceof Verdict.Reject reject) {
      kind = "reject";
      code = Integer.toString(reject.code());
    } else if (verdict instanceof Verdict.Discard) {
      kind = "discard";
    } else if (verdict instanceof Verdict.Quarantine) {
      kind = "quarantine";
    }
    return Counters.labeled(
        "postern_verdicts_total", "ruleset", ruleSet, "verdict", kind, "code", code);
  }

  @Override
  public void arrived(Arrival arrival) {
    String stored = arrival.stored() ? "stored" : "discarded";
    counters.count(Counters.labeled("postern_messages_total", "result", stored));
    counters.add("postern_message_bytes_total", arrival.size());
    log.arrived(arrival);
  }

  @Override
  public void note(String id, String text) {
    log.note(id, text);
  }

  @Override
  public void fault(String id, String what, Throwable cause) {
    counters.count("postern_faults_total");
    log.fault(id, what, cause);
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
    String result = "deferred";
    if (outcome instanceof Outcome.Delivered) {
      result = "sent";
    } else if (outcome instanceof Outcome.Permanent) {
      result = "failed";
    }
    counters.count(
        Counters.labeled(
            "postern_deliveries_total", "mailer", recipient.route().mailer(), "result", result));
    log.tried(message, recipient, outcome, delay, took, tries);
  }

  @Override
  public void reported(Stored message, Stored dsn, Dsn.Type type, String why) {
    counters.count("postern_bounces_total");
    log.reported(message, dsn, type, why);
  }

  @Override
  public void unreported(Stored message, String why) {
    log.unreported(message, why);
  }

  @Override
  public void done(Stored message, Duration delay, int tries) {
    log.done(message, delay, tries);
  }

  @Override
  public void trouble(String what, Throwable cause) {
    counters.count("postern_faults_total");
    log.trouble(what, cause);
  }

  // ---- relay

  @Override
  public void tls(String relay, TlsFacts facts) {
    counters.count(handshake("client", facts));
    log.tls(relay, facts);
  }

  @Override
  public void tlsFailed(String relay, String reason) {
    counters.count(Counters.labeled("postern_tls_failures_total", "role", "client"));
    log.tlsFailed(relay, reason);
  }

  @Override
  public void rejected(
      String queueId, String ruleSet, String argument, String relay, Verdict.Reject verdict) {
    counters.count(verdict(ruleSet, verdict));
    log.rejected(queueId, ruleSet, argument, relay, verdict);
  }

  @Override
  public void incompatible(String id, String sender, String recipient, Verdict verdict) {
    counters.count(verdict("check_compat", verdict));
    log.incompatible(id, sender, recipient, verdict);
  }

  @Override
  public void skipped(String host) {
    log.skipped(host);
  }

  @Override
  public void injected(String relay) {
    log.injected(relay);
  }
}
