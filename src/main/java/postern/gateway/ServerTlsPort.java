package postern.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.smtp.server.TlsPort;
import postern.tls.ServerTls;
import postern.tls.TlsConfigException;
import postern.tls.TlsSession;

/** The server's TLS behind the port that its sessions know. */
final class ServerTlsPort implements TlsPort {
  private final ServerTls tls;
  private final Map<SslHandler, TlsSession> running =
      Collections.synchronizedMap(new WeakHashMap<>());

  ServerTlsPort(ServerTls tls) {
    this.tls = tls;
  }

  @Override
  public boolean available() {
    return tls.available();
  }

  @Override
  public SslHandler handler(
      ByteBufAllocator allocator, TlsFeatures features, boolean askForCertificate, boolean up)
      throws Unavailable {
    return handler(allocator, features, askForCertificate, null, up);
  }

  @Override
  public boolean choosesByName() {
    return tls.choosesByName();
  }

  @Override
  public SslHandler handler(
      ByteBufAllocator allocator,
      TlsFeatures features,
      boolean askForCertificate,
      @Nullable String serverName)
      throws Unavailable {
    return handler(allocator, features, askForCertificate, serverName, false);
  }

  private SslHandler handler(
      ByteBufAllocator allocator,
      TlsFeatures features,
      boolean askForCertificate,
      @Nullable String serverName,
      boolean up)
      throws Unavailable {
    try {
      TlsSession session = tls.session(features, askForCertificate, serverName);
      SslHandler handler = session.newHandler(allocator, up);
      running.put(handler, session);
      return handler;
    } catch (TlsConfigException e) {
      throw new Unavailable(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public TlsFacts facts(SslHandler handler, boolean askedForCertificate) {
    TlsSession session = running.remove(handler);
    if (session == null) {
      throw new IllegalStateException("a handler that this port did not make");
    }
    return session.facts(handler.engine().getSession());
  }
}
