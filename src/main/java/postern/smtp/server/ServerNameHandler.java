package postern.smtp.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFeatures;

/**
 * Stands where the TLS handler will stand until the client has said which server it wants, and
 * makes way for the one with that server's certificate.
 */
final class ServerNameHandler extends AbstractSniHandler<SslHandler> {
  private final TlsPort port;
  private final TlsFeatures features;
  private final boolean askForCertificate;
  private final long millis;

  /**
   * For one handshake.
   *
   * @param millis time for the client's first message, and again for the rest
   */
  ServerNameHandler(TlsPort port, TlsFeatures features, boolean askForCertificate, long millis) {
    super(millis);
    this.port = port;
    this.features = features;
    this.askForCertificate = askForCertificate;
    this.millis = millis;
  }

  @Override
  protected Future<SslHandler> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    try {
      SslHandler handler = port.handler(ctx.alloc(), features, askForCertificate, hostname);
      handler.setHandshakeTimeoutMillis(millis);
      return ctx.executor().newSucceededFuture(handler);
    } catch (TlsPort.Unavailable e) {
      return ctx.executor().newFailedFuture(e);
    }
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<SslHandler> found) {
    if (!found.isSuccess()) {
      throw new DecoderException(found.cause());
    }
    ctx.pipeline().replace(this, Wire.TLS, found.getNow());
  }
}
