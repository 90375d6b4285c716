package postern.smtp.client;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;

/** TLS for outgoing connections, as the client needs it. */
public interface ClientTls {

  /**
   * Prepares TLS for one connection, before STARTTLS is sent. No host name is checked and, unless
   * {@code features} says so, none is sent; a certificate that does not verify must not break the
   * handshake: it is reported by {@link Session#facts}.
   *
   * @param host name of the peer as the route or the MX record has it
   * @param features what {@code tls_clt_features} asked for; valid
   * @throws Unavailable if TLS cannot be set up
   */
  Session begin(
      String host, SocketAddress address, TlsFeatures features, ByteBufAllocator allocator)
      throws Unavailable;

  /** TLS of one connection. */
  interface Session {
    /** The handler for the pipeline; it starts the handshake when it is added. */
    SslHandler handler();

    /** The session's facts; called once, after a handshake that succeeded. */
    TlsFacts facts();

    /**
     * Whether the peer's certificate is made out to the host that {@link #begin} was given; called
     * after {@link #facts}. Only REQUIRETLS asks.
     */
    boolean named();
  }

  /** TLS cannot be set up here. */
  final class Unavailable extends Exception {
    private final boolean badFeatures;

    /**
     * @param badFeatures {@code tls_clt_features} asked for something unusable (${verify} CONFIG);
     *     otherwise TLS itself could not be initialised (TEMP)
     */
    public Unavailable(String message, boolean badFeatures) {
      super(message);
      this.badFeatures = badFeatures;
    }

    public boolean badFeatures() {
      return badFeatures;
    }
  }
}
