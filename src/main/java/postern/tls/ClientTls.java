package postern.tls;

import java.time.InstantSource;
import java.util.List;
import postern.policy.TlsFeatures;

/**
 * TLS for connections that we make to others. Made once for a configuration; safe for concurrent
 * use.
 */
public final class ClientTls {
  private final RoleTls role;

  private ClientTls(RoleTls role) {
    this.role = role;
  }

  /**
   * Reads and checks the files that {@code settings} name. A certificate that cannot be used is a
   * problem to be logged; we then connect without one. The engine is not started: {@link #engine()}
   * or the first {@link #session} does.
   */
  public static ClientTls load(TlsSettings settings) {
    return load(settings, InstantSource.system());
  }

  static ClientTls load(TlsSettings settings, InstantSource clock) {
    return new ClientTls(new RoleTls(settings, TlsRole.CLIENT, clock));
  }

  /** False only if the settings make TLS impossible: {@code ${verify}} is then TEMP. */
  public boolean available() {
    return role.available();
  }

  /** What is wrong, one line each. */
  public List<TlsProblem> problems() {
    return role.problems();
  }

  /**
   * The engine's name, for the log. The first call starts it, which takes some tenths of a second:
   * a server that relays calls it from a thread of its own while it starts.
   */
  public String engine() {
    try {
      return available() ? role.engine() : "none";
    } catch (TlsConfigException e) {
      return "none";
    }
  }

  /**
   * How to do TLS with one server.
   *
   * @param features what {@code tls_clt_features} said
   * @throws TlsConfigException if what was asked for cannot be done: {@code ${verify}} is CONFIG
   * @throws IllegalStateException if TLS is not available
   */
  public TlsSession session(TlsFeatures features) throws TlsConfigException {
    if (!available()) {
      throw new IllegalStateException("TLS is not available");
    }
    return role.session(features, true);
  }
}
