package postern.cf;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The names that a configuration starts from.
 *
 * @param name fully qualified host name, for {@code $j} and {@code $w}
 * @param node name of the machine, for {@code $k}
 * @param others other names and bracketed addresses of this host, for class {@code w}
 */
public record Host(String name, String node, List<String> others) {
  private static final Path HOSTS = Path.of("/etc/hosts");

  public Host {
    others = List.copyOf(others);
  }

  /** This machine, from its host name and its hosts file; no name server is asked. */
  public static Host local() {
    String node = firstLine(Path.of("/proc/sys/kernel/hostname"));
    if (node.isEmpty()) {
      node = "localhost";
    }
    List<String> others = new ArrayList<>();
    String name = node;
    for (String[] fields : hosts()) {
      List<String> names = Arrays.asList(fields).subList(1, fields.length);
      if (names.stream().noneMatch(node::equalsIgnoreCase)) {
        continue;
      }
      if (name.indexOf('.') < 0 && fields[1].indexOf('.') >= 0) {
        name = fields[1];
      }
      others.addAll(names.subList(1, names.size()));
      others.add(bracketed(fields[0]));
    }
    return new Host(name, node, others);
  }

  /**
   * Names and bracketed IPv4 addresses of the network interfaces that are up; sendmail as it is
   * built for Linux asks for no others (conf.c, load_if_names).
   *
   * @param loopback whether the loopback interface counts
   */
  static List<String> interfaces(boolean loopback) {
    List<String> found = new ArrayList<>();
    try {
      for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (!one.isUp() || (one.isLoopback() && !loopback)) {
          continue;
        }
        for (InterfaceAddress address : one.getInterfaceAddresses()) {
          if (address.getAddress() instanceof Inet4Address ip) {
            found.add(bracketed(ip.getHostAddress()));
            names(ip.getHostAddress(), found);
          }
        }
      }
    } catch (SocketException e) {
      // a host that hides its interfaces has no more names
    }
    return found;
  }

  private static void names(String address, List<String> found) {
    for (String[] fields : hosts()) {
      if (fields[0].equalsIgnoreCase(address)) {
        found.addAll(List.of(fields).subList(1, fields.length));
        return;
      }
    }
  }

  private static String bracketed(String address) {
    return address.indexOf(':') >= 0 ? "[IPv6:" + address + "]" : "[" + address + "]";
  }

  private static List<String[]> hosts() {
    List<String[]> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(HOSTS, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.replaceFirst("#.*", "").strip().split("[ \t]+", -1);
        if (fields.length > 1) {
          lines.add(fields);
        }
      }
    } catch (IOException e) {
      // without a hosts file the host has just its name
    }
    return lines;
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** How busy the host is, as a whole number; 0 if it does not say. */
  static String loadAverage() {
    String text = firstLine(Path.of("/proc/loadavg"));
    int blank = text.indexOf(' ');
    try {
      return blank < 0
          ? "0"
          : String.valueOf((int) (Double.parseDouble(text.substring(0, blank)) + 0.5));
    } catch (NumberFormatException e) {
      return "0";
    }
  }

  /** The part behind the first dot, empty if there is none. */
  String domain() {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }
}
