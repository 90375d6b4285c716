package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.SourceText;

/** Configurations for tests. */
final class Policies {
  private static final Host HOST = new Host("gw.example.test", "gw.example.test", List.of());

  private Policies() {}

  /** The stock policy with these access lines. */
  static Configuration withAccess(Path folder, String... access) {
    try {
      Path file = folder.resolve("access");
      Files.writeString(file, String.join("\n", access) + "\n");
      return stock(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stock policy with this access file and more settings {@code {Name}value}. */
  static Configuration stock(Path access, String... macros) {
    List<Compiler.Setting> settings = new ArrayList<>();
    settings.add(new Compiler.Setting("{AccessFile}", access.toAbsolutePath().toString(), false));
    for (String macro : macros) {
      int close = macro.indexOf('}') + 1;
      settings.add(new Compiler.Setting(macro.substring(0, close), macro.substring(close), false));
    }
    Configuration made =
        Compiler.compile(
            "rulesets/postern.cf",
            Path.of("rulesets", "postern.cf"),
            new Compiler.Settings(HOST, List.of(), settings, false, false));
    assertEquals(List.of(), made.diagnostics());
    return made;
  }

  /** A configuration of this text, with a local mailer in front. */
  static Configuration of(String text) {
    return Compiler.compile(
        SourceText.of(
            "test.cf",
            "V10/Berkeley\nO OperatorChars=.:%@!^/[]+\nMlocal, P=[LOCAL], F=l, A=LOCAL $u\n"
                + text),
        Compiler.Settings.plain(HOST));
  }

  /** A session of facts {@code name=value}. */
  static SessionRecord session(Role role, String... facts) {
    Facts all = new Facts();
    for (String fact : facts) {
      int equals = fact.indexOf('=');
      all.set(fact.substring(0, equals), fact.substring(equals + 1));
    }
    return all.record(role);
  }
}
