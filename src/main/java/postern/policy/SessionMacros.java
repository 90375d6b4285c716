package postern.policy;

import java.nio.charset.StandardCharsets;
import postern.text.Guarded;
import postern.text.MacroNames;
import postern.text.Macros;

/** Sets macros by name in one scope. Who sets which macro is in this package and nowhere else. */
class SessionMacros {
  private final MacroNames names;
  private final Macros scope;

  SessionMacros(MacroNames names, Macros scope) {
    this.names = names;
    this.scope = scope;
  }

  Macros scope() {
    return scope;
  }

  /**
   * Sets {@code name} (one character, or a long name without braces). A long name that no line of
   * the configuration mentions is left out: nobody can ask for it.
   */
  SessionMacros set(String name, String value) {
    int id = id(name);
    if (id != MacroNames.BAD) {
      scope.set(id, Guarded.in(value));
    }
    return this;
  }

  SessionMacros set(String name, int value) {
    return set(name, Integer.toString(value));
  }

  /** The value or empty. */
  String get(String name) {
    int id = names.known(name);
    String value = id == MacroNames.BAD ? null : scope.text(id);
    return value == null ? "" : Guarded.out(value);
  }

  private int id(String name) {
    return names.known(name);
  }

  void unset(String name) {
    int id = id(name);
    if (id != MacroNames.BAD) {
      scope.unset(id);
    }
  }

  /** A name as a macro holds it: UTF-8 octets, {@code +XX} for what rules could stumble over. */
  static String encoded(String name) {
    StringBuilder out = new StringBuilder();
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c < '!' || c > '~' || "+\\()<>\"=".indexOf(c) >= 0) {
        out.append("+%02X".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The macros of a connection that a client made. */
  void peer(PeerFacts peer) {
    set("client_addr", peer.address());
    set("client_name", peer.name());
    set("client_ptr", peer.ptr());
    set("client_resolve", peer.resolve().name());
    set("client_port", peer.port());
    set("client_connections", peer.connections());
    set("client_rate", peer.rate());
    set("total_rate", peer.totalRate());
    set("_", peer.description());
    set("daemon_name", peer.daemonName());
    set("daemon_flags", peer.daemonFlags());
    set("daemon_addr", peer.daemonAddress());
    set("daemon_port", peer.daemonPort());
    set("daemon_family", peer.address().startsWith("IPv6:") ? "inet6" : "inet");
  }

  /** The macros of a handshake (operations guide, "STARTTLS"; empty where there is nothing). */
  void tls(TlsFacts facts, boolean md5) {
    set("verify", facts.verify().text());
    set("tls_version", facts.version());
    set("cipher", facts.cipher());
    set("cipher_bits", facts.active() ? Integer.toString(facts.cipherBits()) : "");
    set("alg_bits", facts.active() ? Integer.toString(facts.algorithmBits()) : "");
    set("cert_subject", facts.certSubject());
    set("cert_issuer", facts.certIssuer());
    set("cn_subject", facts.cnSubject());
    set("cn_issuer", facts.cnIssuer());
    set("cert_md5", md5 ? facts.fingerprint() : "");
    set("cert_fp", md5 ? "" : facts.fingerprint());
  }
}
