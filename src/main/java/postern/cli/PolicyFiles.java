package postern.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;

/** Policies that commands are given by name, besides the one of {@code -C}. */
final class PolicyFiles {
  private PolicyFiles() {}

  /**
   * Compiles a policy.
   *
   * @param file a .cf or .mc file; null for the one of {@code switches}
   * @param access the access map to use, null for the one that the policy names
   */
  static Configuration compile(
      SendmailSwitches switches, @Nullable String file, @Nullable String access) {
    String name = file == null ? switches.configurationFile() : file;
    Path stock = Home.rulesets().resolve("postern.cf");
    boolean ours =
        name.endsWith(".mc") || Path.of(name).toAbsolutePath().equals(stock.toAbsolutePath());
    List<Compiler.Setting> macros = new ArrayList<>(ours ? Home.stockMacros() : List.of());
    macros.addAll(switches.macros());
    if (access != null) {
      macros.add(
          new Compiler.Setting("{AccessFile}", Path.of(access).toAbsolutePath().toString(), false));
    }
    Compiler.Settings settings =
        new Compiler.Settings(Host.local(), switches.options(), macros, false, false);
    return name.endsWith(".mc")
        ? McCompiler.compile(name, stock, settings)
        : Compiler.compile(name, Path.of(name), settings);
  }
}
