package postern.smtp.server;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.ServerFeatures;
import postern.policy.TlsFacts;

/** SASL for AUTH (RFC 4954). Without one, AUTH is not offered. */
public interface Authenticator {

  /**
   * The mechanisms to offer, upper case, parted by blanks; empty for none just now (plain-text
   * mechanisms without TLS, say).
   */
  String mechanisms(Client client);

  /** Begins an exchange for one of {@link #mechanisms}. */
  Exchange begin(String mechanism, Client client);

  /**
   * Who wants to log in.
   *
   * @param features what {@code srv_features} has said
   */
  record Client(PeerFacts peer, TlsFacts tls, ServerFeatures features) {}

  /** One exchange; used by one session, one step at a time. */
  interface Exchange {
    /**
     * Takes the client's response (decoded; null if it has not said anything yet) and completes, on
     * any thread, with what to do next.
     */
    CompletionStage<Step> step(byte @Nullable [] response);
  }

  /** What an exchange does next. */
  sealed interface Step {
    /** Ask on with a challenge, in base64. */
    record Challenge(String base64) implements Step {}

    /**
     * Authenticated.
     *
     * @param identity {@code ${auth_authen}}
     * @param strength bits of a security layer, 0 for none
     */
    record Success(String identity, int strength) implements Step {}

    /**
     * Not authenticated.
     *
     * @param temporary whether it may go better later: 454, not 535
     * @param why for the log; no secret is in it
     */
    record Failure(boolean temporary, String why) implements Step {}
  }
}
