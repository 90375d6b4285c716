package postern.tls;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFacts;

/**
 * sendmail's log lines for handshakes, so that tools that read its logs read ours. Without time
 * stamp, queue id and level; control characters from outside are shown as {@code ?}.
 */
public final class TlsLog {
  private TlsLog() {}

  /**
   * A handshake that succeeded (LogLevel above 8).
   *
   * @param relay {@code $_} when serving, the host name when connecting
   */
  public static String success(TlsRole role, String relay, TlsFacts facts) {
    return "STARTTLS="
        + role.word()
        + ", relay="
        + field(relay, 100)
        + ", version="
        + field(facts.version(), 16)
        + ", verify="
        + field(facts.verify().text(), 16)
        + ", cipher="
        + field(facts.cipher(), 64)
        + ", bits="
        + facts.algorithmBits()
        + "/"
        + facts.cipherBits();
  }

  /** Whose certificate it was and what verification said (LogLevel above 11). */
  public static String certificate(TlsRole role, TlsFacts facts) {
    return "STARTTLS="
        + role.word()
        + ", cert-subject="
        + field(facts.certSubject(), 256)
        + ", cert-issuer="
        + field(facts.certIssuer(), 256)
        + ", verifymsg="
        + field(facts.verifyMessage(), 256);
  }

  /** A handshake that failed. Only a server names the relay. */
  public static String failure(TlsRole role, String relay, @Nullable Throwable cause) {
    boolean server = role == TlsRole.SERVER;
    boolean timeout = isTimeout(cause);
    return "STARTTLS="
        + role.word()
        + ", error: "
        + (server ? "accept" : "connect")
        + " failed="
        + (server && timeout ? "1" : "-1")
        + ", reason="
        + HandshakeFailure.reason(cause)
        + ", SSL_error="
        + (timeout ? "2" : "1")
        + ", errno="
        + (!server && timeout ? "11" : "0")
        + ", retry="
        + (timeout ? "0" : "-1")
        + (server ? ", relay=" + field(relay, 100) : "");
  }

  private static boolean isTimeout(@Nullable Throwable cause) {
    Throwable at = cause;
    for (int depth = 0; at != null && depth < 10; depth++) {
      if (at instanceof SslHandshakeTimeoutException) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static String field(String text, int longest) {
    String cut = text.length() > longest ? text.substring(0, longest) : text;
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        return cut.replaceAll("\\p{Cntrl}", "?");
      }
    }
    return cut;
  }
}
