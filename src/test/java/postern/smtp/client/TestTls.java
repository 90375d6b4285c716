package postern.smtp.client;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.math.BigInteger;
import java.net.SocketAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verify;

/** TLS for tests: a server context with a fresh certificate, a client that trusts anything. */
final class TestTls implements ClientTls {
  private final SslContext context;
  private final Verify verify;

  /** What it says of the name in any certificate. */
  boolean named = true;

  /** {@code verify} is what the client will say of any certificate. */
  TestTls(Verify verify) throws SSLException {
    this.verify = verify;
    this.context =
        SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build();
  }

  @Override
  public Session begin(
      String host, SocketAddress address, TlsFeatures features, ByteBufAllocator allocator)
      throws Unavailable {
    if (features.options().containsKey("certfile")) {
      throw new Unavailable("no such file", true);
    }
    SslHandler handler = context.newHandler(allocator);
    return new Session() {
      @Override
      public SslHandler handler() {
        return handler;
      }

      @Override
      public TlsFacts facts() {
        return new TlsFacts(
            verify,
            handler.engine().getSession().getProtocol(),
            "TLS_AES_256_GCM_SHA384",
            256,
            256,
            "/CN=peer",
            "/CN=peer",
            "peer",
            "peer",
            "",
            List.of(),
            "ok");
      }

      @Override
      public boolean named() {
        return named;
      }
    };
  }

  static SSLContext serverContext() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=peer.example.test");
    Instant now = Instant.now();
    Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(now.minusSeconds(3600)),
                        Date.from(now.plusSeconds(86400)),
                        name,
                        keys.getPublic())
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("peer", keys.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
