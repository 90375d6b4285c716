package postern.cf;

import postern.text.MacroNames;
import postern.text.Meta;

/** What is there before the first line: this host's names, and what the command line says. */
final class BeforeFile {
  private final Compiler in;

  BeforeFile(Compiler in) {
    this.in = in;
  }

  /** Sets macros, classes and mailers, then the macros of the command line. */
  void prepare(Compiler.Settings settings) {
    for (int i = 0; i < Meta.names().length(); i++) {
      char name = Meta.names().charAt(i);
      in.macros.set(name, String.valueOf((char) Meta.valueOf(name)));
    }
    for (char digit = '0'; digit <= '9'; digit++) {
      in.macros.set(digit, "" + (char) Meta.REPL + digit);
    }
    Host host = settings.host();
    define("w", host.name());
    define("j", host.name());
    define("k", host.node());
    if (!host.domain().isEmpty()) {
      define("m", host.domain());
    }
    define("n", "MAILER-DAEMON");
    define("v", "8.17.1.9");
    define("load_avg", Host.loadAverage());
    define("deliveryMode", "b");
    in.classes.add('w', host.name());
    in.classes.add('k', host.node());
    in.classes.add('w', host.node());
    host.others().forEach(w -> in.classes.add('w', w));
    in.mailers().prepare();
    for (Compiler.Setting setting : settings.macros()) {
      String typed = setting.name();
      MacroNames.Parsed parsed = in.names.parse(typed, 0, in::error);
      if (parsed.id() != MacroNames.BAD) {
        in.macros.set(parsed.id(), setting.value());
      }
    }
  }

  private void define(String name, String value) {
    in.macros.set(in.names.id(name), value);
  }
}
