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
   * Reads and checks the files that {@code settings} name and starts the engine, which can take
   * some tenths of a second the first time. A certificate that cannot be used is a problem to be
   * logged; we then connect without one.
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

  /** The engine's name, for the log. */
  public String engine() {
    return role.engine();
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
