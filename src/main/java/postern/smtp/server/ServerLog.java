package postern.smtp.server;

import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verdict;

/**
 * What the server wants known. The gateway renders it in sendmail's log format. Texts may hold what
 * a peer sent: whoever writes them down escapes controls and bounds the length. Called from event
 * loops: must not block.
 */
public interface ServerLog {
  /** Keeps nothing. */
  ServerLog NONE = new ServerLog() {};

  /** {@code NOQUEUE: connect from ...}. */
  default void connected(PeerFacts peer) {}

  /** {@code STARTTLS=server, relay=..., version=...}: a handshake succeeded. */
  default void tlsStarted(PeerFacts peer, TlsFacts facts) {}

  /** {@code STARTTLS=server, error: accept failed ...}: a handshake failed; the peer's doing. */
  default void tlsFailed(PeerFacts peer, String reason) {}

  /**
   * {@code AUTH=server, relay=..., authid=..., mech=..., bits=...}: a client has logged in.
   *
   * @param strength bits of a security layer of the mechanism's own
   */
  default void authenticated(PeerFacts peer, String mechanism, String identity, int strength) {}

  /**
   * {@code AUTH failure (...)}: it could not. The name is not told: it may be a password that was
   * typed in the wrong place.
   */
  default void authFailed(PeerFacts peer, String mechanism, String why) {}

  /**
   * {@code ruleset=..., arg1=..., arg2=..., relay=..., reject=...}: a check did not accept.
   *
   * @param id queue id, empty outside a transaction
   * @param arg2 empty if there is just one
   */
  default void decided(
      String id, String ruleSet, String arg1, String arg2, PeerFacts peer, Verdict verdict) {}

  /**
   * {@code from=<...>, size=..., ...}: the transaction {@code arrival.id()} ended with a message.
   */
  default void arrived(Arrival arrival) {}

  /** {@code id: text}, a line worth an operator's glance ({@code notice}). */
  default void note(String id, String text) {}

  /** Our own mistake. */
  default void fault(String id, String what, Throwable cause) {}

  /**
   * A message as sendmail's {@code from=} line shows it.
   *
   * @param sender path as given, brackets included
   * @param size octets of content
   * @param messageClass what {@code Precedence:} stands for
   * @param messageId {@code Message-Id:}, may be empty
   * @param stored false if it was dropped by a rule set's wish
   */
  record Arrival(
      String id,
      String sender,
      long size,
      int messageClass,
      int recipients,
      String messageId,
      String bodyType,
      String protocol,
      String daemon,
      PeerFacts peer,
      boolean stored) {}
}
