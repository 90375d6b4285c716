package postern.tls;

import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLException;

/** Builds the {@link SslContext} of one engine. */
interface ContextFactory {

  /**
   * What a context must do.
   *
   * @param identities our certificates; none is fine for a client
   * @param announced CAs to name when asking for a certificate
   * @param requests whether a server asks for a certificate
   * @param suites TLS 1.3 first, then TLS 1.2, each in order of preference
   * @param protocols {@code TLSv1.2}, {@code TLSv1.3} or both
   */
  record Plan(
      TlsRole role,
      List<KeyPairFile> identities,
      List<Cert> announced,
      boolean requests,
      List<CipherSuite> suites,
      List<String> protocols) {

    List<String> suiteNames() {
      return suites.stream().map(CipherSuite::iana).toList();
    }
  }

  /** Name for the log and for reports. */
  String name();

  SslContext build(Plan plan) throws SSLException;
}
