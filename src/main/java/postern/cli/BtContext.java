package postern.cli;

import java.util.function.Consumer;
import postern.cf.Configuration;
import postern.rule.Program;
import postern.text.Bytes;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.TokenText;

/** What the commands of one address test share. */
final class BtContext {
  final Configuration configuration;
  final Program program;
  final MacroNames names;
  final WatchedMacros macros;
  final DebugFlags debug;
  final ExitStatus exit;
  final ByteOutput out;
  final BtTrace trace;
  final DebugLines lines;

  BtContext(BtStartup startup, Configuration configuration) {
    this.configuration = configuration;
    program = configuration.program();
    names = program.names();
    debug = startup.debug;
    exit = startup.exit;
    out = startup.out;
    trace = new BtTrace(out::print, names, debug, exit);
    lines = trace.lines;
    macros = new WatchedMacros(program.macros(), lines);
    trace.aliases(new BtAliases(this));
    // A message begins with the macros of the configuration as its own; what it takes away later
    // shows as it was in the file.
    int load = names.known("load_avg");
    for (int id = 1; id < MacroNames.LIMIT; id++) {
      Bytes value = program.macros().get(id);
      if (value != null && id != load) {
        macros.begin(id, value);
      }
    }
  }

  static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Prints as it is, one byte a character. */
  void print(CharSequence text) {
    out.print(text);
  }

  /** Adds {@code value} to {@code text} in the form in which test mode shows it. */
  void show(String value, StringBuilder text) {
    TokenText.print(value, names, debug.style(), text);
  }

  void complain(String message) {
    exit.fault(false);
    print(BtTrace.cleared(message) + "\n");
  }

  /** Reads the name of a macro or class. */
  MacroNames.Parsed name(String text, int from) {
    return name(text, from, this::complain);
  }

  /** Reads a name and tells {@code problem} what is wrong with it. */
  MacroNames.Parsed name(String text, int from, Consumer<String> problem) {
    return lines.name(text, from, (t, at) -> names.parse(t, at, problem));
  }

  String expand(String text) {
    return Expander.expand(text, macros::text, Expander.LINE, this::complain, lines);
  }

  /** A rule set by what was typed, with sendmail's complaints; -1 if there is none. */
  int ruleSet(String typed) {
    return program.resolve(typed, this::complain);
  }
}
