package postern.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets every certificate through the handshake. This is not where trust is decided: a peer that
 * fails verification is still better encrypted than not, so {@link ChainVerifier} looks at the
 * chain afterwards and the rule sets judge by {@code ${verify}}.
 */
final class AcceptAll extends X509ExtendedTrustManager {
  private final X509Certificate[] announced;

  /**
   * Makes one.
   *
   * @param announced CAs whose names a server sends with its request for a certificate
   */
  AcceptAll(X509Certificate... announced) {
    this.announced = announced.clone();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return announced.clone();
  }
}
