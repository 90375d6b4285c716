package postern.cf;

import java.util.HashSet;
import java.util.Set;
import postern.source.Diagnostic.Code;

/**
 * {@code X} lines. Mail filters have no part in this program: the lines are only checked, so that a
 * file with a fault says so.
 */
final class FilterLines {
  private final Compiler in;
  private final Set<String> filters = new HashSet<>();

  FilterLines(Compiler in) {
    this.in = in;
  }

  void line(String text) {
    FieldLine fields = new FieldLine(text);
    String name = Compiler.shown(fields.name());
    if (name.isEmpty()) {
      in.error(Code.BAD_FILTER, "name required for mail filter");
      return;
    }
    boolean[] broken = {false};
    String socket = "";
    String value;
    while ((value =
            fields.next(
                f -> {
                  broken[0] = true;
                  in.errorAt(Code.BAD_FILTER, f.from(), f.to(), "X" + name + ": `=' expected");
                }))
        != null) {
      switch (fields.code()) {
        case 'S' -> socket = value;
        case 'F' -> {
          // what to do when the filter does not answer
        }
        case 'T' -> timeouts(name, value);
        default ->
            in.errorAt(
                Code.BAD_FILTER,
                fields.from(),
                fields.to(),
                "X" + name + ": unknown filter equate " + fields.code() + "=");
      }
    }
    if (broken[0]) {
      return;
    }
    socket(name, socket);
    if (!filters.add(name)) {
      in.error(Code.BAD_FILTER, "X" + name + ": duplicate filter definition");
    }
  }

  private void timeouts(String name, String value) {
    for (String part : value.split("[,;]", -1)) {
      String timeout = part.stripLeading();
      if (timeout.isEmpty()) {
        continue;
      }
      char code = timeout.charAt(0);
      int colon = timeout.indexOf(':');
      if (colon < 0) {
        in.error(Code.BAD_FILTER, "X" + name + ", T=: `:' expected");
        return;
      }
      if ("CSRE".indexOf(code) < 0) {
        in.error(Code.BAD_FILTER, "X" + name + ": unknown filter timeout " + code);
        continue;
      }
      in.checkTime(timeout.substring(colon + 1).strip(), Option.Kind.SECONDS);
    }
  }

  private void socket(String name, String socket) {
    if (socket.isEmpty()) {
      in.error(Code.BAD_FILTER, "X" + name + ": empty or missing socket information");
      return;
    }
    int colon = socket.indexOf(':');
    String kind = colon < 0 ? "" : socket.substring(0, colon).toLowerCase(java.util.Locale.ROOT);
    String address = socket.substring(colon + 1);
    switch (kind) {
      case "", "unix", "local" -> {
        // a path; whether the socket is there does not matter before somebody connects
      }
      case "inet", "inet6" -> {
        if (address.indexOf('@') < 0) {
          in.error(
              Code.BAD_FILTER, "X" + name + ": bad address " + address + " (expected port@host)");
        }
      }
      default ->
          in.fault(
              Code.BAD_FILTER,
              "X" + name + ": unknown socket type " + socket.substring(0, colon),
              "Protocol not supported");
    }
  }
}
