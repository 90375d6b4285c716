package postern.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether a certificate is made out to a host (RFC 6125 section 6). The rule sets never ask: they
 * compare what they like with {@code ${cn_subject}}. REQUIRETLS does.
 */
final class PeerName {
  private static final int DNS = 2;
  private static final int IP = 7;

  private PeerName() {}

  /**
   * Compares.
   *
   * @param host a name, or an address in brackets as a route has it
   */
  static boolean matches(Cert cert, String host) {
    if (host.startsWith("[") && host.endsWith("]") && isAddress(host)) {
      return hasAddress(cert, host.substring(1, host.length() - 1));
    }
    String wanted = plain(host.startsWith("[") ? host.replaceAll("[\\[\\]]", "") : host);
    List<String> names = new ArrayList<>();
    for (Cert.AltName name : cert.altNames()) {
      if (name.kind() == DNS) {
        names.add(text(name.value()));
      }
    }
    byte[] common = cert.subject().commonName();
    if (names.isEmpty() && common != null) {
      names.add(text(common)); // RFC 6125 section 6.4.4: only where there is no DNS name at all
    }
    return names.stream().anyMatch(name -> covers(name, wanted));
  }

  /** A wildcard stands for one whole label, the first, and never for a top-level domain's child. */
  private static boolean covers(String name, String host) {
    if (!name.startsWith("*.")) {
      return !host.isEmpty() && name.equals(host);
    }
    int dot = host.indexOf('.');
    String parent = name.substring(1);
    return dot > 0 && parent.indexOf('.', 1) > 0 && host.substring(dot).equals(parent);
  }

  private static String text(byte[] name) {
    return plain(new String(name, StandardCharsets.ISO_8859_1));
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static boolean isAddress(String host) {
    return host.regionMatches(true, 1, "IPv6:", 0, 5) || host.matches("\\[[0-9.]+]");
  }

  private static boolean hasAddress(Cert cert, String literal) {
    String bare = literal.regionMatches(true, 0, "IPv6:", 0, 5) ? literal.substring(5) : literal;
    try {
      byte[] wanted = InetAddress.getByName(bare).getAddress(); // a literal: nobody is asked
      return cert.altNames().stream()
          .anyMatch(name -> name.kind() == IP && Arrays.equals(name.value(), wanted));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
