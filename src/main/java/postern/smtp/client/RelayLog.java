package postern.smtp.client;

import postern.policy.TlsFacts;
import postern.policy.Verdict;

/** Hears what happens in outgoing sessions, for the log. Called on event loops; must not block. */
public interface RelayLog {
  /** Hears nothing. */
  RelayLog NONE = new RelayLog() {};

  /** A handshake succeeded ({@code STARTTLS=client, relay=…, version=…, verify=…}). */
  default void tls(String relay, TlsFacts facts) {}

  /** A handshake failed, or TLS could not be set up ({@code STARTTLS=client, error: …}). */
  default void tlsFailed(String relay, String reason) {}

  /**
   * A rule set rejected ({@code ruleset=…, arg1=…, relay=…, reject=…}).
   *
   * @param queueId the message for {@code tls_rcpt}, empty for the others
   */
  default void rejected(
      String queueId, String ruleSet, String argument, String relay, Verdict.Reject verdict) {}

  /** A host was left out ({@code clt_features=TEMPFAIL, host=…, status=skipped}). */
  default void skipped(String host) {}

  /** The peer knows who we are ({@code AUTH=client, relay=…, mech=…}). */
  default void authenticated(String relay, String mechanism) {}

  /** A mechanism did not succeed. */
  default void authFailed(String relay, String mechanism, String reply) {}

  /** There is an entry for AUTH, and no mechanism that both sides can use safely. */
  default void authSkipped(String relay, String offered) {}

  /** A peer sent bytes in the clear behind its 220 to STARTTLS; they were dropped. */
  default void injected(String relay) {}
}
