package postern.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import postern.text.MacroNames;
import postern.text.Macros;

/**
 * Sets the macros that a session would set, where there is no session: somebody tries rule sets by
 * hand. Names get a number when they have none yet, since any of them may be asked for later. Not
 * thread-safe.
 */
public final class FactMacros {
  private final Map<String, String> changed = new LinkedHashMap<>();
  private final SessionMacros macros;

  /** Sets macros of {@code scope}. */
  public FactMacros(MacroNames names, Macros scope) {
    macros =
        new SessionMacros(names, scope) {
          @Override
          SessionMacros set(String name, String value) {
            if (name.length() > 1) {
              names.id(name);
            }
            changed.put(name, value);
            return super.set(name, value);
          }
        };
  }

  /** A client connected to us, and what it said in EHLO. */
  public void client(PeerFacts peer, String helo) {
    macros.peer(peer);
    macros.set("s", helo.isEmpty() ? peer.name() : helo);
  }

  /** The same when no more than its name, and perhaps its address, is known. */
  public void clientName(PeerFacts peer) {
    macros.set("client_name", peer.name());
    macros.set("client_ptr", peer.ptr());
    macros.set("client_resolve", peer.resolve().name());
    if (!peer.address().isEmpty()) {
      macros.set("client_addr", peer.address());
    }
  }

  /** We connected to a server; an empty address leaves the macro as it is. */
  public void server(String name, String address) {
    macros.set("server_name", name);
    if (!address.isEmpty()) {
      macros.set("server_addr", address);
    }
  }

  /**
   * What is known of TLS.
   *
   * @param md5 whether the fingerprint is {@code ${cert_md5}} rather than {@code ${cert_fp}}
   */
  public void tls(TlsFacts facts, boolean md5) {
    macros.tls(facts, md5);
  }

  /** What is known of AUTH: empty and 0 without it. */
  public void login(String mechanism, String identity, int strength) {
    macros.set("auth_type", mechanism).set("auth_authen", identity);
    macros.set("auth_ssf", mechanism.isEmpty() ? "" : Integer.toString(strength));
  }

  /** All that was set, in the order in which it was: names without braces, and values. */
  public Map<String, String> changed() {
    return Collections.unmodifiableMap(changed);
  }
}
