package postern.cli;

import postern.cf.TypedText;
import postern.text.MacroNames;

/** {@code .D}, {@code .C}, {@code $} and {@code /expand}: macros and classes. */
final class BtMacros {
  private final BtContext bt;

  BtMacros(BtContext bt) {
    this.bt = bt;
  }

  /** {@code .Dx}, {@code .Cx}. */
  void dot(String line) {
    if (line.length() < 2) {
      bt.print("Usage: .[DC]macro value(s)\n");
      return;
    }
    char what = line.charAt(1);
    if (what != 'D' && what != 'C') {
      bt.print("Unknown \".\" command " + line + "\n");
      return;
    }
    if (what == 'C' && line.length() == 2) {
      return;
    }
    MacroNames.Parsed parsed = bt.name(line, 2);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    String typed = line.substring(parsed.end());
    bt.lines.translating(typed);
    String value = TypedText.translate(typed, bt.configuration.level(), bt::name);
    bt.lines.translated(value);
    if (what == 'D') {
      bt.macros.set(parsed.id(), value);
    } else {
      TypedText.addWords(
          bt.program.classes(), parsed.id(), bt.expand(value), bt::complain, bt.lines);
    }
  }

  /** {@code $x}, {@code $=x}. */
  void dollar(String line) {
    if (line.length() > 1 && line.charAt(1) == '=') {
      MacroNames.Parsed parsed = bt.name(line, 2);
      if (parsed.id() != MacroNames.BAD) {
        bt.program.classes().list(parsed.id()).forEach(word -> bt.print(word + "\n"));
      }
      return;
    }
    MacroNames.Parsed parsed = bt.name(line, 1);
    if (parsed.id() == MacroNames.BAD) {
      return;
    }
    String value = bt.macros.text(parsed.id());
    if (value == null) {
      bt.print("Undefined\n");
    } else {
      StringBuilder text = new StringBuilder();
      bt.show(value, text);
      bt.print(text.append('\n'));
    }
  }

  /** {@code /expand}. */
  void expand(String argument) {
    if (argument.isEmpty()) {
      bt.print("Usage: /expand string\n");
    } else {
      StringBuilder text = new StringBuilder();
      bt.show(bt.expand(argument), text);
      bt.print(text);
    }
  }
}
