package postern.cf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The names that a configuration starts from.
 *
 * @param name fully qualified host name, for {@code $j} and {@code $w}
 * @param node name of the machine, for {@code $k}
 * @param others other names and bracketed addresses of this host, for class {@code w}
 */
public record Host(String name, String node, List<String> others) {
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
    try {
      for (String line : Files.readAllLines(Path.of("/etc/hosts"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.replaceFirst("#.*", "").strip().split("[ \t]+");
        for (int i = 1; i < fields.length; i++) {
          if (fields[i].equalsIgnoreCase(node)) {
            if (name.indexOf('.') < 0 && fields[1].indexOf('.') >= 0) {
              name = fields[1];
            }
            others.add(
                fields[0].indexOf(':') >= 0 ? "[IPv6:" + fields[0] + "]" : "[" + fields[0] + "]");
            break;
          }
        }
      }
    } catch (IOException e) {
      // without a hosts file the host has just its name
    }
    return new Host(name, node, others);
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The part before the first dot. */
  String shortName() {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** The part behind the first dot, empty if there is none. */
  String domain() {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }
}
