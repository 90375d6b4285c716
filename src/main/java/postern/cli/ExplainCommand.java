package postern.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import postern.cf.Configuration;
import postern.rule.Listing;
import postern.rule.Program;

/** {@code postern explain}: for now the compiled code of rule sets ({@code --listing}). */
final class ExplainCommand {
  private ExplainCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    List<String> sets = new ArrayList<>(switches.rest());
    if (!sets.remove("--listing")) {
      throw new UsageException("explain wants --listing and names of rule sets");
    }
    Configuration configuration = switches.compile(false);
    int errors = CheckCommand.print(configuration, System.err);
    Program program = configuration.program();
    if (sets.isEmpty()) {
      sets.addAll(program.ruleSetNames().keySet());
    }
    for (String name : sets) {
      int number = program.resolve(name);
      if (number < 0) {
        System.err.println("postern: no rule set " + name);
        return ExitStatus.USAGE;
      }
      out.print(Listing.of(program, program.ruleSet(number)));
    }
    return errors == 0 ? ExitStatus.OK : ExitStatus.CONFIGURATION;
  }
}
