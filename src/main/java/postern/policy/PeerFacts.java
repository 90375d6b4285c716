package postern.policy;

/**
 * Who is connected, and to which of our listeners.
 *
 * @param address {@code ${client_addr}}: {@code 192.0.2.1} or {@code IPv6:2001:db8:0:0:0:0:0:1}
 * @param port {@code ${client_port}}
 * @param name {@code ${client_name}}: the PTR name if forward-confirmed, else {@code [address]}
 * @param ptr {@code ${client_ptr}}: the PTR name even if forged, else {@code [address]}
 * @param resolve {@code ${client_resolve}}
 * @param daemonName {@code ${daemon_name}}
 * @param daemonFlags {@code ${daemon_flags}}: modifier letters, upper-case ones doubled
 * @param daemonAddress {@code ${daemon_addr}}
 * @param daemonPort {@code ${daemon_port}}
 * @param connections {@code ${client_connections}}: open connections from this address
 * @param rate {@code ${client_rate}}: connections from this address within the window
 * @param totalRate {@code ${total_rate}}: connections from everywhere within the window
 */
public record PeerFacts(
    String address,
    int port,
    String name,
    String ptr,
    Resolve resolve,
    String daemonName,
    String daemonFlags,
    String daemonAddress,
    int daemonPort,
    int connections,
    int rate,
    int totalRate) {

  /** How the address resolved to a name and back. */
  public enum Resolve {
    OK,
    FAIL,
    FORGED,
    TEMP
  }

  /** {@code $_}: {@code name [address]}, with a note when the name is forged. */
  public String description() {
    String bracketed = "[" + address + "]";
    String who = resolve == Resolve.FORGED ? ptr : name;
    String text = who.equals(bracketed) ? bracketed : who + " " + bracketed;
    return resolve == Resolve.FORGED ? text + " (may be forged)" : text;
  }
}
