package postern.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import postern.cf.Compiler;

/** Where Postern itself lies: the folder that holds {@code rulesets/}. */
final class Home {
  private Home() {}

  /**
   * The checkout or installation folder; the launcher says which, else it is found from the jar.
   */
  static Path folder() {
    String given = System.getProperty("postern.home", "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    try {
      Path jar = Path.of(Home.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path folder = jar.getParent();
      while (folder != null
          && !Files.isRegularFile(folder.resolve("rulesets").resolve("postern.cf"))) {
        folder = folder.getParent();
      }
      return folder == null ? Path.of("").toAbsolutePath() : folder;
    } catch (URISyntaxException e) {
      return Path.of("").toAbsolutePath();
    }
  }

  static Path rulesets() {
    return folder().resolve("rulesets");
  }

  /** The access map of the stock policy. */
  static Path access() {
    return rulesets().resolve("access");
  }

  /**
   * Where a gateway keeps what it makes when nothing else is said: the folder that the system
   * property {@code postern.var} names, else {@code var/} beside the rule sets.
   */
  static Path data() {
    String given = System.getProperty("postern.var", "");
    return given.isEmpty() ? folder().resolve("var") : Path.of(given).toAbsolutePath();
  }

  /** Macros that the stock policy expects to be defined before it is read. */
  static List<Compiler.Setting> stockMacros() {
    return List.of(new Compiler.Setting("{AccessFile}", access().toString(), false));
  }
}
