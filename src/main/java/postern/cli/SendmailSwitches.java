package postern.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.FileNames;

/**
 * The switches that Postern shares with sendmail: {@code -b}, {@code -C}, {@code -O}, {@code -o},
 * {@code -M}, {@code -D}, {@code -d}, {@code -v}, {@code -q}.
 */
final class SendmailSwitches {
  private final DebugFlags debug = new DebugFlags();
  private final List<Compiler.Setting> options = new ArrayList<>();
  private final List<Compiler.Setting> macros = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();
  private String mode = "";
  private String file = "";
  private String queueInterval = "";
  private boolean verbose;

  private SendmailSwitches() {}

  /** Reads {@code arguments}; what is no switch of sendmail's is kept in {@link #rest}. */
  static SendmailSwitches parse(List<String> arguments) throws UsageException {
    SendmailSwitches s = new SendmailSwitches();
    for (int i = 0; i < arguments.size(); i++) {
      String a = arguments.get(i);
      if (a.length() < 2 || a.charAt(0) != '-' || a.charAt(1) == '-') {
        s.rest.add(a);
        continue;
      }
      String value = a.substring(2);
      switch (a.charAt(1)) {
        case 'b' -> s.mode = value;
        case 'C' -> {
          if (value.isEmpty()) {
            value = argument(arguments, ++i, "-C wants a file");
          }
          s.file = value;
        }
        case 'O' -> {
          if (value.isEmpty()) {
            value = argument(arguments, ++i, "-O wants Option=value");
          }
          s.option(value);
        }
        case 'o' -> {
          if (!value.isEmpty()) {
            s.options.add(new Compiler.Setting(value.substring(0, 1), value.substring(1), true));
          }
        }
        case 'M' -> s.macro(value);
        case 'D' -> {
          // -D FILE is sendmail's debug file; -D{name}value is taken as -M for convenience
          if (value.startsWith("{")) {
            s.macro(value);
          } else if (value.isEmpty()) {
            i++;
          }
        }
        case 'd' -> s.debug.set(value);
        case 'v' -> s.verbose = true;
        case 'q' -> s.queueInterval = value.isEmpty() ? "0" : value;
        default -> s.rest.add(a);
      }
    }
    return s;
  }

  private static String argument(List<String> arguments, int index, String message)
      throws UsageException {
    if (index >= arguments.size()) {
      throw new UsageException(message);
    }
    return arguments.get(index);
  }

  private void option(String setting) {
    int equals = setting.indexOf('=');
    options.add(
        new Compiler.Setting(
            equals < 0 ? setting : setting.substring(0, equals),
            equals < 0 ? "" : setting.substring(equals + 1),
            false));
  }

  private void macro(String text) {
    if (text.isEmpty()) {
      return;
    }
    int end = text.startsWith("{") ? Math.max(1, text.indexOf('}') + 1) : 1;
    macros.add(new Compiler.Setting(text.substring(0, end), text.substring(end), false));
  }

  String mode() {
    return mode;
  }

  /** The file of {@code -C}, empty if there was none. */
  String file() {
    return file;
  }

  DebugFlags debug() {
    return debug;
  }

  boolean verbose() {
    return verbose;
  }

  /** Text behind {@code -q}, empty if there was none. */
  String queueInterval() {
    return queueInterval;
  }

  List<String> rest() {
    return List.copyOf(rest);
  }

  List<Compiler.Setting> options() {
    return List.copyOf(options);
  }

  List<Compiler.Setting> macros() {
    return List.copyOf(macros);
  }

  /** The configuration to read: {@code -C}, else the stock policy, else the system's. */
  String configurationFile() {
    if (!file.isEmpty()) {
      return file;
    }
    Path stock = Home.rulesets().resolve("postern.cf");
    return Files.isRegularFile(stock) ? stock.toString() : "/etc/mail/sendmail.cf";
  }

  /** Reads and compiles the configuration for a test or a check. */
  Configuration compile(boolean testMode) throws UsageException {
    return compile(List.of(), List.of(), testMode);
  }

  /** The same for a daemon, with options and macros that count as if they stood first. */
  Configuration compile(List<Compiler.Setting> moreOptions, List<Compiler.Setting> moreMacros)
      throws UsageException {
    return compile(moreOptions, moreMacros, false);
  }

  private Configuration compile(
      List<Compiler.Setting> moreOptions, List<Compiler.Setting> moreMacros, boolean testMode)
      throws UsageException {
    return compile(moreOptions, moreMacros, testMode, Compiler.Watcher.NONE);
  }

  /** Reads and compiles the configuration for a test under the eyes of {@code watcher}. */
  Configuration compile(Compiler.Watcher watcher) throws UsageException {
    return compile(List.of(), List.of(), true, watcher);
  }

  private Configuration compile(
      List<Compiler.Setting> moreOptions,
      List<Compiler.Setting> moreMacros,
      boolean testMode,
      Compiler.Watcher watcher)
      throws UsageException {
    String name = configurationFile();
    Compiler.Settings settings = settings(moreOptions, moreMacros, testMode);
    return name.endsWith(".mc")
        ? McCompiler.compile(name, Home.rulesets().resolve("postern.cf"), settings)
        : Compiler.compile(
            name,
            watcher == Compiler.Watcher.NONE ? Path.of(name) : FileNames.path(name),
            settings,
            watcher);
  }

  /** What a configuration is read with. */
  Compiler.Settings settings(
      List<Compiler.Setting> moreOptions, List<Compiler.Setting> moreMacros, boolean testMode) {
    String name = configurationFile();
    List<Compiler.Setting> given = new ArrayList<>();
    boolean stock = file.isEmpty() || name.endsWith(".mc");
    if (stock) {
      given.addAll(Home.stockMacros());
    }
    given.addAll(moreMacros);
    given.addAll(macros);
    List<Compiler.Setting> all = new ArrayList<>(moreOptions);
    all.addAll(options);
    return new Compiler.Settings(Host.local(), all, given, testMode, testMode);
  }
}
