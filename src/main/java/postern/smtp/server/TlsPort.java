package postern.smtp.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFacts;
import postern.policy.TlsFeatures;

/**
 * The server's TLS, as far as a session needs it. The gateway puts {@code postern.tls} behind it.
 */
public interface TlsPort {

  /** No TLS at all. */
  TlsPort NONE =
      new TlsPort() {
        @Override
        public boolean available() {
          return false;
        }

        @Override
        public SslHandler handler(
            ByteBufAllocator allocator, TlsFeatures features, boolean askForCertificate, boolean up)
            throws Unavailable {
          throw new Unavailable("no certificate");
        }

        @Override
        public TlsFacts facts(SslHandler handler, boolean askedForCertificate) {
          return TlsFacts.NONE;
        }
      };

  /** Whether certificate and key can be used: STARTTLS is offered only then. */
  boolean available();

  /**
   * A handler for one session.
   *
   * @param features what {@code tls_srv_features} asked for, valid
   * @param askForCertificate request (never require) a client certificate
   * @param up true for STARTTLS: the first write goes out in the clear; false for SMTPS
   * @throws Unavailable if no handler can be made
   */
  SslHandler handler(
      ByteBufAllocator allocator, TlsFeatures features, boolean askForCertificate, boolean up)
      throws Unavailable;

  /** Whether the server's name that a client asks for decides which certificate it is shown. */
  default boolean choosesByName() {
    return false;
  }

  /**
   * A handler for one session in which the client's first record is already here.
   *
   * @param serverName what the client asked for (SNI), or null
   * @throws Unavailable if no handler can be made
   */
  default SslHandler handler(
      ByteBufAllocator allocator,
      TlsFeatures features,
      boolean askForCertificate,
      @Nullable String serverName)
      throws Unavailable {
    return handler(allocator, features, askForCertificate, false);
  }

  /** What is known of the session after a successful handshake. */
  TlsFacts facts(SslHandler handler, boolean askedForCertificate);

  /** TLS cannot be had in this session. */
  final class Unavailable extends Exception {
    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
