package postern.tls;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.policy.TlsFeatures;

/**
 * TLS for connections that others make to us. Made once for a configuration; safe for concurrent
 * use.
 */
public final class ServerTls {
  private final RoleTls role;

  private ServerTls(TlsSettings settings, InstantSource clock) {
    this.role = new RoleTls(settings, TlsRole.SERVER, clock);
  }

  /**
   * Reads and checks the files that {@code settings} name and, unless something is wrong with them,
   * starts the engine: some tenths of a second the first time, so that it pays to do it beside
   * whatever else is starting. Never throws for what is wrong: {@link #problems()} tells, and
   * {@link #available()} says whether STARTTLS can be offered all the same.
   */
  public static ServerTls load(TlsSettings settings) {
    return load(settings, InstantSource.system());
  }

  static ServerTls load(TlsSettings settings, InstantSource clock) {
    return new ServerTls(settings, clock);
  }

  /** Whether a certificate, its key and the CAs are there and usable. */
  public boolean available() {
    return role.available();
  }

  /** What is wrong, one line each, in the order in which it was found. */
  public List<TlsProblem> problems() {
    return role.problems();
  }

  /** The engine's name, for the log. Starts it if that has not happened. */
  public String engine() {
    try {
      return available() ? role.engine() : "none";
    } catch (TlsConfigException e) {
      return "none";
    }
  }

  /**
   * How to do TLS with one client.
   *
   * @param features what {@code tls_srv_features} said
   * @param requestCertificate whether to ask for a client certificate: {@code TLSSrvOptions}, as
   *     far as srv_features does not say otherwise
   * @throws TlsConfigException if what was asked for cannot be done; the reply is 454
   * @throws IllegalStateException if TLS is not available
   */
  public TlsSession session(TlsFeatures features, boolean requestCertificate)
      throws TlsConfigException {
    return session(features, requestCertificate, null);
  }

  /**
   * The same for a client that asks for a server by name (SNI).
   *
   * @param serverName null if it named none
   */
  public TlsSession session(
      TlsFeatures features, boolean requestCertificate, @Nullable String serverName)
      throws TlsConfigException {
    if (!available()) {
      throw new IllegalStateException("TLS is not available");
    }
    return role.session(features, requestCertificate, serverName);
  }

  /**
   * Whether there are certificates for other names, so that a client's wish must be known first.
   */
  public boolean choosesByName() {
    return role.choosesByName();
  }
}
