package postern.cli;

import java.io.PrintStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import postern.cf.Configuration;
import postern.map.FileFault;
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
    int errors = print(configuration, out, EnumSet.noneOf(Diagnostic.Code.class));
    if (errors == 0) {
      out.println(switches.configurationFile() + ": no errors");
    }
    return errors == 0 ? ExitStatus.OK : failure(configuration);
  }

  /** The exit status for a configuration with errors: 72 if it could not even be read. */
  static int failure(Configuration configuration) {
    return configuration.diagnostics().stream()
            .anyMatch(d -> d.code() == Diagnostic.Code.UNREADABLE_FILE)
        ? ExitStatus.OS_FILE
        : ExitStatus.CONFIGURATION;
  }

  /**
   * Prints all diagnostics of the configuration and of the files that its maps are read from, with
   * their quoted lines; returns how many are errors. That the host's name has no domain matters to
   * those who send mail only, and is left out.
   */
  static int print(Configuration configuration, PrintStream out) {
    return print(configuration, out, EnumSet.of(Diagnostic.Code.UNQUALIFIED_HOST));
  }

  /** The same without what is of no interest. */
  static int print(Configuration configuration, PrintStream out, Set<Diagnostic.Code> without) {
    int errors = 0;
    for (Diagnostic diagnostic :
        configuration.diagnostics().stream().sorted(Diagnostic.BY_PLACE).toList()) {
      if (!without.contains(diagnostic.code())) {
        out.println(friendly(diagnostic).render(configuration.source(diagnostic)));
        errors += diagnostic.isError() ? 1 : 0;
      }
    }
    for (FileFault fault : configuration.program().maps().check()) {
      out.println(fault.render());
      errors += fault.isError() ? 1 : 0;
    }
    if (errors > 0) {
      out.println(errors == 1 ? "1 error" : errors + " errors");
    }
    return errors;
  }

  /** sendmail's words, except where they point to a file of its own. */
  private static Diagnostic friendly(Diagnostic d) {
    if (d.code() != Diagnostic.Code.UNQUALIFIED_HOST) {
      return d;
    }
    String message =
        "this host's name has no domain; say -Mjgateway.your.domain, or Dj in the file";
    return new Diagnostic(d.code(), d.file(), d.span(), d.recordLine(), message, d.cause());
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
