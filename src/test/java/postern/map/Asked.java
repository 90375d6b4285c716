package postern.map;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.map.dns.DnsNames;
import postern.map.dns.NameService;
import postern.text.MacroNames;
import postern.text.Macros;

/** A table of maps that can be asked in one line. */
final class Asked {
  final List<String> problems = new ArrayList<>();
  boolean textFallback = true;
  private final MapTable table;

  Asked(boolean eager, List<InetSocketAddress> nameServers) {
    table =
        new MapTable(
            new MapTable.Environment(
                eager,
                FileSafety.LENIENT,
                () -> Path.of("/dev/null"),
                service -> service.equals("hosts") ? List.of("files", "dns") : List.of(),
                () -> ' ',
                () -> textFallback,
                DnsNames.of(nameServers),
                () -> new NameService.Patience(Duration.ofMillis(700), 1)));
  }

  MapTable table() {
    return table;
  }

  Asked declare(String line) {
    table.declare(line, this::problem);
    return this;
  }

  private void problem(String message, String cause) {
    problems.add(cause.isEmpty() ? message : message + ": " + cause);
  }

  /** The value, or {@code (status)} if there is none. */
  String ask(String map, String key, String... arguments) {
    MapEntry entry = Objects.requireNonNull(table.find(map), map);
    Query query = new Query();
    Answer answer = new Answer();
    query.start(new Macros(), new MacroNames(), this::problem).key().append(key);
    for (String argument : arguments) {
      query.addArgument().append(argument);
    }
    if (!entry.open(this::problem)) {
      return "(not open)";
    }
    entry.prepareKey(query);
    entry.lookup(query, answer);
    return answer.isFound() ? answer.value().toString() : "(" + answer.status() + ")";
  }

  @Nullable MapEntry entry(String map) {
    return table.find(map);
  }
}
