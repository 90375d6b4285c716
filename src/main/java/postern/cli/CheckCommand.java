package postern.cli;

import java.io.PrintStream;
import java.util.List;
import postern.cf.Configuration;
import postern.source.Diagnostic;

/** {@code postern check}: reads a configuration and reports everything that is wrong with it. */
final class CheckCommand {
  private CheckCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    if (!switches.rest().isEmpty()) {
      throw new UsageException("check: what is " + switches.rest().get(0) + "?");
    }
    Configuration configuration = switches.compile(false);
    int errors = print(configuration, out);
    if (errors == 0) {
      out.println(switches.configurationFile() + ": no errors");
    }
    return errors == 0 ? ExitStatus.OK : ExitStatus.CONFIGURATION;
  }

  /** Prints all diagnostics with their quoted lines; returns how many are errors. */
  static int print(Configuration configuration, PrintStream out) {
    int errors = 0;
    for (Diagnostic diagnostic :
        configuration.diagnostics().stream().sorted(Diagnostic.BY_PLACE).toList()) {
      out.println(diagnostic.render(configuration.source(diagnostic)));
      if (diagnostic.isError()) {
        errors++;
      }
    }
    if (errors > 0) {
      out.println(errors == 1 ? "1 error" : errors + " errors");
    }
    return errors;
  }

  /** {@code -bC}: sendmail's own form. */
  static int sendmailStyle(SendmailSwitches switches, PrintStream out) throws UsageException {
    Configuration configuration = switches.compile(true);
    ExitStatus exit = new ExitStatus();
    for (Diagnostic d : configuration.diagnostics()) {
      String place = d.recordLine() > 0 ? d.file() + ": line " + d.recordLine() + ": " : "";
      out.println(place + d.fullMessage());
      if (d.isError()) {
        exit.fault(d.cause() != null);
      }
    }
    return exit.value();
  }
}
