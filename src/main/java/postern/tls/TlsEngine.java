package postern.tls;

import java.util.Locale;
import java.util.Optional;

/** Option TLSEngine: who does the cryptography of a session. */
public enum TlsEngine {
  /**
   * Serving, BoringSSL, unless CipherSuites or a DHParameters file asks for what only the JDK can
   * do; connecting, the JDK's engine with Amazon's provider. Without native code, the JDK alone.
   */
  AUTO,
  /** BoringSSL in both roles; connecting, it offers AES-128 first. */
  BORINGSSL,
  /** The JDK's engine in both roles, no native code at all. */
  JDK;

  /** The engine of this name, any case; empty if there is none. */
  public static Optional<TlsEngine> named(String name) {
    try {
      return Optional.of(valueOf(name.trim().toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
