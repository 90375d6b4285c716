package postern.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslCredential;
import io.netty.handler.ssl.OpenSslCredentialBuilder;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.PemPrivateKey;
import io.netty.handler.ssl.PemX509Certificate;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * BoringSSL through netty-tcnative. Certificates and keys go to it as PEM, so that no Java parser
 * has to like them; it picks among several by what the client can do. Clients may resume by ticket:
 * a ticket holds the client's certificates, encrypted by keys that the library makes for each
 * context and changes every two days, so a resumed session is verified again like any other.
 */
final class BoringSslFactory implements ContextFactory {
  /** X25519MLKEM768 first: its share costs a client nothing that did not ask for it. */
  private static final String[] GROUPS = {
    "X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1"
  };

  /** As sendmail's library: what a sane chain needs several times over. */
  private static final int MOST_CERTIFICATE_BYTES = 100 * 1024;

  /** Whether the native library loads here. */
  static boolean available() {
    return OpenSsl.isAvailable() && OpenSslCredential.isAvailable();
  }

  /** Takes option SSL_OP_NO_TICKET into account, for which Netty's builder has no word. */
  static void withoutTickets(SSLEngine engine) {
    if (engine instanceof ReferenceCountedOpenSslEngine boring) {
      SSL.setOptions(boring.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
  }

  @Override
  public String name() {
    return "BoringSSL";
  }

  @Override
  public SslContext build(Plan plan) throws SSLException {
    boolean server = plan.role() == TlsRole.SERVER;
    List<OpenSslCredential> credentials = new ArrayList<>();
    try {
      for (KeyPairFile identity : plan.identities()) {
        credentials.add(credential(identity));
      }
      SslContextBuilder builder =
          server
              ? SslContextBuilder.forServer(new CredentialsSuffice())
                  .clientAuth(plan.requests() ? ClientAuth.OPTIONAL : ClientAuth.NONE)
              : SslContextBuilder.forClient().endpointIdentificationAlgorithm("");
      SslContext context =
          builder
              .sslProvider(SslProvider.OPENSSL)
              .addCredentials(credentials)
              .trustManager(new AcceptAll(announced(plan.announced())))
              .protocols(plan.protocols())
              .ciphers(plan.suiteNames(), SupportedCipherSuiteFilter.INSTANCE)
              .option(OpenSslContextOption.GROUPS, GROUPS)
              .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MOST_CERTIFICATE_BYTES)
              .build();
      if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setSessionCacheEnabled(false);
      }
      return context;
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new SSLException(e.getMessage(), e);
    } finally {
      credentials.forEach(OpenSslCredential::release);
    }
  }

  private static OpenSslCredential credential(KeyPairFile identity) {
    StringBuilder chain = new StringBuilder();
    for (byte[] der : identity.chain()) {
      chain.append(Pem.write("CERTIFICATE", der));
    }
    byte[] key = Pem.write("PRIVATE KEY", identity.key()).getBytes(StandardCharsets.US_ASCII);
    PemPrivateKey pemKey = PemPrivateKey.valueOf(key);
    PemX509Certificate pemChain =
        PemX509Certificate.valueOf(chain.toString().getBytes(StandardCharsets.US_ASCII));
    try {
      return OpenSslCredentialBuilder.forX509(pemKey, pemChain).build();
    } finally {
      pemKey.release();
      pemChain.release();
    }
  }

  private static X509Certificate[] announced(List<Cert> authorities) {
    return authorities.stream()
        .map(
            cert ->
                PemX509Certificate.valueOf(
                    Pem.write("CERTIFICATE", cert.encoded()).getBytes(StandardCharsets.US_ASCII)))
        .toArray(X509Certificate[]::new);
  }

  /**
   * Netty wants a key manager when serving and asks it in every handshake; an alias without a key
   * behind it tells it to leave the credentials of the context as they are.
   */
  private static final class CredentialsSuffice extends X509ExtendedKeyManager {
    private static final String ALIAS = "credentials";

    @Override
    public String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }
  }
}
