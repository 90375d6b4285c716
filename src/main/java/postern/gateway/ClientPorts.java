package postern.gateway;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.smtp.client.LocalEnd;

/**
 * {@code ClientPortOptions}: our end of outgoing connections, one setting for each address family.
 *
 * @param inet for IPv4
 * @param inet6 for IPv6
 */
record ClientPorts(LocalEnd inet, LocalEnd inet6) {
  private static final int CONFIGURATION = 78;

  /** Modifiers we know: no AUTH, no STARTTLS; no DANE and no MTA-STS, which we do not do anyway. */
  private static final String MODIFIERS = "ASDM";

  /**
   * Reads the option's lines; a later one for the same family replaces an earlier one.
   *
   * @throws StartupException if a line cannot be understood
   */
  static ClientPorts of(List<String> lines) throws StartupException {
    ClientPorts ports = new ClientPorts(LocalEnd.ANY, LocalEnd.ANY);
    for (String line : lines) {
      ports = ports.with(line);
    }
    return ports;
  }

  private ClientPorts with(String line) throws StartupException {
    String family = "inet";
    String address = "";
    int port = 0;
    int send = 0;
    int receive = 0;
    String flags = "";
    for (String part : line.split(",", -1)) {
      String item = part.strip();
      if (item.isEmpty()) {
        continue;
      }
      String value = item.substring(item.indexOf('=') + 1).strip();
      switch (item.charAt(0)) {
        case 'F', 'f' -> family = value.toLowerCase(Locale.ROOT);
        case 'A', 'a' -> address = value;
        case 'P', 'p' -> port = number(value, 65_535, line);
        case 'S', 's' -> send = number(value, Integer.MAX_VALUE, line);
        case 'R' -> receive = number(value, Integer.MAX_VALUE, line);
        case 'M', 'm' -> flags = value.replace(" ", "");
        default -> throw wrong(line, "unknown key in \"" + item + "\"");
      }
    }
    for (int i = 0; i < flags.length(); i++) {
      if (MODIFIERS.indexOf(flags.charAt(i)) < 0) {
        throw wrong(line, "modifier " + flags.charAt(i) + " is not known here");
      }
    }
    if (!family.equals("inet") && !family.equals("inet6")) {
      throw wrong(line, "family " + family + " is not known here");
    }
    boolean six = family.equals("inet6");
    LocalEnd end = new LocalEnd(address(address, six, line), port, send, receive, flags);
    return six ? new ClientPorts(inet, end) : new ClientPorts(end, inet6);
  }

  private static @Nullable InetAddress address(String text, boolean six, String line)
      throws StartupException {
    if (text.isEmpty()) {
      return null;
    }
    String bare = text.startsWith("IPv6:") ? text.substring(5) : text;
    try {
      for (InetAddress address : InetAddress.getAllByName(bare)) {
        if (six ? address instanceof Inet6Address : address instanceof Inet4Address) {
          return address.isAnyLocalAddress() ? null : address;
        }
      }
    } catch (UnknownHostException e) {
      // said below
    }
    throw wrong(line, "no " + (six ? "IPv6" : "IPv4") + " address for " + text);
  }

  private static int number(String text, int most, String line) throws StartupException {
    try {
      int n = Integer.parseInt(text);
      if (n >= 0 && n <= most) {
        return n;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(line, "\"" + text + "\" is not a number that fits");
  }

  private static StartupException wrong(String line, String what) {
    return new StartupException(CONFIGURATION, "ClientPortOptions=" + line + ": " + what);
  }
}
