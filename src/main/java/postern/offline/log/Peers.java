package postern.offline.log;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import postern.offline.SessionRecord;
import postern.policy.PeerFacts;

/** Peers as log lines name them. */
final class Peers {
  private static final String FORGED = " (may be forged)";

  private Peers() {}

  /**
   * sendmail's {@code name [address]}, {@code [address]}, {@code user@name [address]}, {@code name
   * [address] (may be forged)}. Without an address it is no SMTP peer: its address is empty.
   */
  static PeerFacts sendmail(String text) {
    boolean forged = text.endsWith(FORGED);
    String rest = forged ? text.substring(0, text.length() - FORGED.length()) : text;
    int open = rest.lastIndexOf('[');
    if (open < 0 || !rest.endsWith("]")) {
      return SessionRecord.peer(rest, "", PeerFacts.Resolve.OK);
    }
    String address = rest.substring(open + 1, rest.length() - 1);
    String name = rest.substring(0, open).stripTrailing();
    int ident = name.lastIndexOf('@');
    String host = ident < 0 ? name : name.substring(ident + 1);
    return of(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, address, forged);
  }

  /** Postfix' {@code name[address]} and {@code unknown[address]}, a port behind it or not. */
  static PeerFacts postfix(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']', open + 1);
    if (open < 0 || close < 0) {
      return SessionRecord.peer(text, "", PeerFacts.Resolve.OK);
    }
    String name = text.substring(0, open);
    return of(name.equals("unknown") ? "" : name, full(text.substring(open + 1, close)), false);
  }

  private static PeerFacts of(String name, String address, boolean forged) {
    String bracketed = "[" + address + "]";
    if (name.isEmpty() || name.equals(bracketed)) {
      return SessionRecord.peer(bracketed, address, PeerFacts.Resolve.FAIL);
    }
    return forged
        ? new PeerFacts(
            address, 0, bracketed, name, PeerFacts.Resolve.FORGED, "MTA", "", "", 25, 1, 1, 1)
        : SessionRecord.peer(name, address, PeerFacts.Resolve.OK);
  }

  /** An address as sendmail's macros have it: IPv6 in full, with its tag. */
  static String full(String address) {
    String bare = address.startsWith("IPv6:") ? address.substring(5) : address;
    if (bare.indexOf(':') < 0) {
      return bare;
    }
    try {
      InetAddress parsed = InetAddress.getByName(bare); // a literal: nothing is looked up
      return parsed instanceof Inet6Address ? "IPv6:" + parsed.getHostAddress() : bare;
    } catch (UnknownHostException e) {
      return "IPv6:" + bare;
    }
  }
}
