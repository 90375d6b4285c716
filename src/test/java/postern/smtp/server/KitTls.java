package postern.smtp.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509TrustManager;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.policy.Verify;

/** TLS for tests: one certificate, client certificates asked for and never verified. */
final class KitTls implements TlsPort {
  private final SslContext asking;
  private final SslContext plain;

  KitTls(Path certificate, Path key, SslProvider provider) throws Exception {
    this(() -> SslContextBuilder.forServer(certificate.toFile(), key.toFile()), provider);
  }

  KitTls(PrivateKey key, X509Certificate certificate, SslProvider provider) throws Exception {
    this(() -> SslContextBuilder.forServer(key, certificate), provider);
  }

  private KitTls(Supplier<SslContextBuilder> builder, SslProvider provider) throws SSLException {
    asking = context(builder.get(), provider, ClientAuth.OPTIONAL);
    plain = context(builder.get(), provider, ClientAuth.NONE);
  }

  static SslProvider best() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  private static SslContext context(
      SslContextBuilder builder, SslProvider provider, ClientAuth auth) throws SSLException {
    return builder
        .sslProvider(provider)
        .clientAuth(auth)
        .trustManager(new Anyone())
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public SslHandler handler(
      ByteBufAllocator allocator, TlsFeatures features, boolean askForCertificate, boolean up) {
    SslContext context = askForCertificate ? asking : plain;
    return new SslHandler(context.newEngine(allocator), up);
  }

  @Override
  public TlsFacts facts(SslHandler handler, boolean askedForCertificate) {
    SSLSession session = handler.engine().getSession();
    Verify verify = askedForCertificate ? Verify.FAIL : Verify.NOT;
    try {
      session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      verify = askedForCertificate ? Verify.NO : Verify.NOT;
    }
    String suite = session.getCipherSuite();
    int bits = suite.contains("AES_128") ? 128 : 256;
    String name =
        suite.replace("TLS_ECDHE_", "ECDHE-").replace("_WITH_", "-").replace("AES_", "AES");
    if (name.startsWith("ECDHE")) {
      name = name.replace('_', '-');
    }
    return new TlsFacts(
        verify, session.getProtocol(), name, bits, bits, "", "", "", "", "", List.of(), "");
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
