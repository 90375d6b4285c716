package postern.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;

/** Where the program begins. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws IOException {
    int status = run(arguments);
    System.out.flush();
    System.exit(status);
  }

  private static int run(String[] arguments) throws IOException {
    DebugFlags debug = new DebugFlags();
    List<Compiler.Setting> options = new ArrayList<>();
    List<Compiler.Setting> macros = new ArrayList<>();
    String file = "/etc/mail/sendmail.cf";
    boolean verbose = false;
    for (int i = 0; i < arguments.length; i++) {
      String a = arguments[i];
      if (a.equals("-bt")) {
        continue;
      } else if (a.startsWith("-C")) {
        file = a.length() > 2 ? a.substring(2) : arguments[++i];
      } else if (a.startsWith("-d")) {
        debug.set(a.substring(2));
      } else if (a.equals("-v")) {
        verbose = true;
      } else if (a.startsWith("-O")) {
        String setting = a.length() > 2 ? a.substring(2) : arguments[++i];
        int equals = setting.indexOf('=');
        options.add(
            new Compiler.Setting(
                equals < 0 ? setting : setting.substring(0, equals),
                equals < 0 ? "" : setting.substring(equals + 1),
                false));
      } else if (a.startsWith("-o") && a.length() > 2) {
        options.add(new Compiler.Setting(a.substring(2, 3), a.substring(3), true));
      } else if (a.startsWith("-M") && a.length() > 2) {
        String rest = a.substring(2);
        int end = rest.startsWith("{") ? rest.indexOf('}') + 1 : 1;
        macros.add(new Compiler.Setting(rest.substring(0, end), rest.substring(end), false));
      }
    }
    Configuration configuration =
        Compiler.compile(
            file, Path.of(file), new Compiler.Settings(Host.local(), options, macros, true, true));
    return new AddressTest(configuration, debug, verbose, System.in, System.out).run();
  }
}
