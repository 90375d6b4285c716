package postern.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.function.Supplier;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;
import postern.smtp.client.ClientTls;
import postern.tls.TlsConfigException;
import postern.tls.TlsSession;

/** The relay's TLS behind the port that its sessions know. */
final class RelayTls implements ClientTls {
  private final Supplier<postern.tls.ClientTls> tls;

  RelayTls(Supplier<postern.tls.ClientTls> tls) {
    this.tls = tls;
  }

  @Override
  public Session begin(
      String host, SocketAddress address, TlsFeatures features, ByteBufAllocator allocator)
      throws Unavailable {
    postern.tls.ClientTls current = tls.get();
    if (!current.available()) {
      throw new Unavailable("TLS is not available", false);
    }
    try {
      TlsSession session = current.session(features);
      SslHandler handler = session.newHandler(allocator, false);
      return new Session() {
        @Override
        public SslHandler handler() {
          return handler;
        }

        @Override
        public TlsFacts facts() {
          return session.facts(handler.engine().getSession());
        }

        @Override
        public boolean named() {
          return session.named(handler.engine().getSession(), host);
        }
      };
    } catch (TlsConfigException e) {
      throw new Unavailable(String.valueOf(e.getMessage()), true);
    }
  }
}
