package postern.policy;

/**
 * The rule sets as one outgoing SMTP connection meets them (sendmail's client role). One object a
 * connection; not safe for concurrent use.
 */
public interface RelayPolicy {

  /** Whether some rule set can reach a map that blocks. */
  boolean mayBlock();

  /**
   * The message that what follows is about: before {@link #clientFeatures}, and again for each
   * message on a connection that is used once more.
   */
  default void message(OutgoingMail mail) {}

  /**
   * Before connecting: {@code clt_features}. Letters of {@code ${client_flags}}: {@code S} no
   * STARTTLS, {@code A} no AUTH; empty for none; starts with {@code temp} to skip the host.
   */
  String clientFeatures(String host);

  /**
   * A connection is up: sets {@code ${server_name}} and {@code ${server_addr}}, empties the TLS
   * macros.
   */
  void connected(String serverName, String serverAddress);

  /** {@code try_tls}: a rejection means that STARTTLS is not to be tried. */
  Verdict tryTls();

  /** {@code tls_clt_features}, before STARTTLS. */
  TlsFeatures tlsFeatures();

  /** Sets the TLS macros and asks {@code tls_server}, once for each connection, TLS or not. */
  Verdict tlsServer(TlsFacts facts);

  /** {@code tls_rcpt} for one recipient, before its RCPT. */
  Verdict tlsRcpt(String recipient);

  /**
   * {@code authinfo}: who we are towards a peer that offers AUTH. May read a file: not for an event
   * loop.
   */
  default AuthInfo authInfo() {
    return AuthInfo.NONE;
  }

  /** AUTH succeeded: sets {@code ${auth_type}} and {@code ${auth_authen}}. */
  default void authenticated(String mechanism, String user) {}

  /** The value of a macro or empty. */
  String macro(String name);
}
