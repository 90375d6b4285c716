package postern.smtp.server;

import java.util.concurrent.CompletionStage;
import postern.policy.TlsFacts;

/** SASL for AUTH (RFC 4954). Without one, AUTH is not offered. */
public interface Authenticator {

  /**
   * The mechanisms to offer, upper case, parted by blanks; empty for none just now (plain-text
   * mechanisms without TLS, say).
   */
  String mechanisms(TlsFacts tls);

  /** Begins an exchange for one of {@link #mechanisms}. */
  Exchange begin(String mechanism, TlsFacts tls);

  /** One exchange; used by one session, one step at a time. */
  interface Exchange {
    /**
     * Takes the client's response (decoded; empty for none yet) and completes, on any thread, with
     * what to do next.
     */
    CompletionStage<Step> step(byte[] response);
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

    /** Not authenticated; {@code temporary} if a store could not be asked. */
    record Failure(boolean temporary) implements Step {}
  }
}
