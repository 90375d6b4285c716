package postern.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import postern.policy.TlsFacts;

/**
 * How TLS is done with one peer: the settings with what {@code tls_srv_features} or {@code
 * tls_clt_features} changed. Immutable and shared by all sessions of the same kind.
 */
public final class TlsSession {
  private final SslContext context;
  private final FactsReader reader;
  private final String engine;
  private final boolean requested;
  private final boolean crlRequired;
  private final SslOptions options;
  private final boolean fallbackToClear;
  private final String serverName;
  private final List<TlsProblem> problems;

  TlsSession(
      SslContext context,
      FactsReader reader,
      String engine,
      boolean requested,
      boolean crlRequired,
      SslOptions options,
      boolean fallbackToClear,
      String serverName,
      List<TlsProblem> problems) {
    this.context = context;
    this.reader = reader;
    this.engine = engine;
    this.requested = requested;
    this.crlRequired = crlRequired;
    this.options = options;
    this.fallbackToClear = fallbackToClear;
    this.serverName = serverName;
    this.problems = List.copyOf(problems);
  }

  /**
   * A handler for one connection, to be put in front of the pipeline once everything in the clear
   * is flushed. The caller sets its handshake time-out.
   */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    return newHandler(allocator, false);
  }

  /**
   * The same.
   *
   * @param startTls whether the first write still goes out in the clear (the 220 to STARTTLS)
   */
  public SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
    SslHandler handler = new SslHandler(context.newEngine(allocator), startTls);
    if (context.isServer() || !serverName.isEmpty()) {
      SSLParameters parameters = handler.engine().getSSLParameters();
      if (context.isServer()) {
        parameters.setUseCipherSuitesOrder(options.has(SslOptions.CIPHER_SERVER_PREFERENCE));
      } else {
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
      }
      handler.engine().setSSLParameters(parameters);
    }
    if (context.isServer() && options.has(SslOptions.NO_TICKET)) {
      BoringSslFactory.withoutTickets(handler.engine());
    }
    return handler;
  }

  /**
   * What the rules are to know, once the handshake has succeeded. Verifies the peer's chain: some
   * tenths of a millisecond, and small files are read if CACertPath or CRLPath is set.
   */
  public TlsFacts facts(SSLSession session) {
    return reader.read(session, requested, crlRequired);
  }

  /**
   * Whether the peer's certificate is made out to {@code host}, a name or an address in brackets
   * (RFC 6125 section 6). Says nothing about who issued it.
   */
  public boolean named(SSLSession session, String host) {
    return FactsReader.named(session, host);
  }

  /** Whether a failed handshake may be followed by an attempt in the clear (client role). */
  public boolean fallbackToClear() {
    return fallbackToClear;
  }

  /** The engine's name, for the log. */
  public String engine() {
    return engine;
  }

  /** What could not be done as asked for this kind of session; none of it is fatal. */
  public List<TlsProblem> problems() {
    return problems;
  }
}
