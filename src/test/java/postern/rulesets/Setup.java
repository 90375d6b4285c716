package postern.rulesets;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A configuration and what is set before it is read.
 *
 * @param cf the configuration file
 * @param macros {@code -M}: name without braces, to value
 */
record Setup(Path cf, Map<String, String> macros) {

  /** The stock policy. */
  static final Path STOCK = Path.of("rulesets", "postern.cf");

  Setup {
    macros = Map.copyOf(macros);
  }

  /** The stock policy with an access file of tab-separated lines. */
  static Setup stock(Path access) {
    return new Setup(STOCK, Map.of("AccessFile", access.toAbsolutePath().toString()));
  }

  /** The same with one more macro. */
  Setup with(String name, String value) {
    Map<String, String> more = new HashMap<>(macros);
    more.put(name, value);
    return new Setup(cf, more);
  }
}
