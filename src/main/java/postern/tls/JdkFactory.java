package postern.tls;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * The JDK's engine, alone or with Amazon Corretto Crypto Provider (ACCP) doing the arithmetic.
 *
 * <p>JSSE takes its ciphers from the JVM's list of providers and cannot be told otherwise, so ACCP
 * goes to the head of that list when the first context that wants it is built, and stays there; it
 * does the same things, only faster.
 */
final class JdkFactory implements ContextFactory {
  private static final CipherSuiteFilter SUPPORTED = SupportedCipherSuiteFilter.INSTANCE;

  private final boolean accelerated;

  /**
   * Makes a factory.
   *
   * @param accelerate whether to use ACCP where it loads
   */
  JdkFactory(boolean accelerate) {
    accelerated = accelerate && accelerate();
  }

  /**
   * Makes JSSE use this group where a client does not name one itself (RFC 7919). JSSE reads it
   * once, before the first handshake: a later change needs a restart.
   */
  static void useGroup(BigInteger prime, BigInteger generator) {
    Engines.property("jdk.tls.ephemeralDHKeySize", Integer.toString(prime.bitLength()));
    Security.setProperty(
        "jdk.tls.server.defaultDHEParameters",
        "{ " + prime.toString(16) + ", " + generator.toString(16) + " }");
  }

  private static boolean accelerate() {
    try {
      AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      if (provider.getLoadingError() != null) {
        return false;
      }
      Security.insertProviderAt(provider, 1);
      return true;
    } catch (LinkageError e) {
      return false; // not for this machine, or not on the class path
    }
  }

  @Override
  public String name() {
    return accelerated ? "JDK with ACCP" : "JDK";
  }

  @Override
  public SslContext build(Plan plan) throws SSLException {
    try {
      Identities identities = new Identities(plan.identities());
      SslContextBuilder builder =
          plan.role() == TlsRole.SERVER
              ? SslContextBuilder.forServer(identities)
                  .clientAuth(plan.requests() ? ClientAuth.OPTIONAL : ClientAuth.NONE)
              : SslContextBuilder.forClient()
                  .keyManager(identities)
                  .endpointIdentificationAlgorithm("");
      return builder
          .sslProvider(SslProvider.JDK)
          .trustManager(new AcceptAll(announced(plan.announced())))
          .protocols(plan.protocols())
          .ciphers(plan.suiteNames(), SUPPORTED)
          .sessionCacheSize(1)
          .sessionTimeout(1)
          .build();
    } catch (GeneralSecurityException | IllegalArgumentException | IllegalStateException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }

  private static X509Certificate[] announced(List<Cert> authorities) throws CertificateException {
    List<X509Certificate> readable = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Cert cert : authorities) {
      try {
        readable.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(cert.encoded())));
      } catch (CertificateException e) {
        // a CA that the JDK cannot read is trusted all the same, only not announced
      }
    }
    return readable.toArray(X509Certificate[]::new);
  }
}
