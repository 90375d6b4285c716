package postern.cli;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.rule.Program;
import postern.rule.Rule;

/**
 * What address test mode can do beyond sendmail's, off unless asked for with {@code --plus} or
 * {@code .plus on}: a typed {@code $|} is the delimiter of two arguments, one that only looks like
 * it is told of, and {@code .facts} sets the macros of a TLS session.
 */
final class BtPlus {
  /** How much of it is there. */
  enum Mode {
    /** Nothing: sendmail to the byte. */
    OFF,
    /** {@code $|} stays two characters, with a warning; {@code .facts} works. */
    WARN,
    /** {@code $|} is the delimiter. */
    ON
  }

  // Rule sets that are asked with two arguments, whatever the configuration makes of them.
  private static final Set<String> TWO =
      Set.of(
          "authinfo",
          "check_compat",
          "check_eoh",
          "check_other",
          "check_relay",
          "greet_pause",
          "tls_client",
          "tls_clt_features",
          "tls_srv_features",
          "x_connect");
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\\$\\|[^\"]*\"");
  // $ | apart, a lone bar, the broken bar in UTF-8 and in Latin-1, a full-width bar in UTF-8
  private static final Pattern ALIKE =
      Pattern.compile(
          "\\$[ \t]+\\||(?<![^ \t])\\|(?![^ \t])|\\$?(?:\u00c2?\u00a6|\u00ef\u00bd\u009c)");

  private final BtContext bt;
  private final BtFacts facts;
  private Mode mode = Mode.OFF;

  BtPlus(BtContext bt) {
    this.bt = bt;
    facts = new BtFacts(bt);
  }

  void mode(Mode wanted) {
    mode = wanted;
  }

  boolean isOn() {
    return mode != Mode.OFF;
  }

  /** Carries out {@code .plus} and {@code .facts}; says whether it was one of them. */
  boolean dot(String line) {
    String[] words = line.strip().split("[ \t]+", -1);
    if (words[0].equals(".plus")) {
      plus(words.length == 2 ? words[1] : "");
      return true;
    }
    if (isOn() && words[0].equals(".facts")) {
      facts.set(words);
      return true;
    }
    return false;
  }

  private void plus(String word) {
    switch (word) {
      case "on" -> mode = Mode.ON;
      case "off" -> mode = Mode.OFF;
      case "warn" -> mode = Mode.WARN;
      default -> bt.print("Usage: .plus [on|warn|off]\n");
    }
  }

  /** The address that {@code typed} means. */
  TypedAddress read(String typed) {
    return mode == Mode.ON ? TypedAddress.delimited(typed) : TypedAddress.plain(typed);
  }

  /** Tells of text behind {@code list} that looks as if it had a delimiter, or should have one. */
  void warn(String list, String typed) {
    if (mode == Mode.OFF) {
      return;
    }
    int delimiters = TypedAddress.delimited(typed).delimiters();
    if (delimiters > 0) {
      if (mode == Mode.WARN && !translates(list)) {
        warning("$| is two characters here, as in sendmail; \".plus on\" makes it the delimiter");
      }
      return;
    }
    Matcher alike = ALIKE.matcher(typed);
    String first = list.substring(0, Program.nameEnd(list));
    if (QUOTED.matcher(typed).find()) {
      warning("$| within quotes is text, not the delimiter");
    } else if (alike.find()) {
      warning(alike.group() + " is not the delimiter; that is $|");
    } else if (TWO.contains(first) && !typed.contains("$|")) {
      warning(first + " is asked with two arguments: " + first + " A $| B");
    }
  }

  /** Whether the first rule set of a list knows {@code $|} as two characters and replaces it. */
  private boolean translates(String list) {
    int number = bt.program.resolve(list, message -> {});
    if (number < 0) {
      return false;
    }
    for (Rule rule : bt.program.ruleSet(number).rules()) {
      for (int token : rule.lhs()) {
        if (bt.program.symbols().text(token).equals("$|")) {
          return true;
        }
      }
    }
    return false;
  }

  private void warning(String text) {
    bt.print("warning: " + text + "\n");
  }
}
