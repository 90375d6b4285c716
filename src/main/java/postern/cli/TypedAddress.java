package postern.cli;

import java.util.ArrayList;
import java.util.List;
import postern.rule.Machine;
import postern.text.Bytes;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.Symbols;

/**
 * The text behind a list of rule sets, taken apart at its commas. Where the delimiter {@code $|}
 * was meant it is a token of its own, as it is when the server asks a rule set.
 */
final class TypedAddress {
  private static final int DELIMITER = Symbols.ofMeta(Meta.ELSE);

  private final String text;
  private final List<Integer> cuts;
  private final Bytes bytes;
  private int at;
  private int cut;

  private TypedAddress(String text, List<Integer> cuts) {
    this.text = text;
    this.cuts = cuts;
    bytes = Bytes.of(text);
  }

  /** The text as sendmail takes it: {@code $|} is two characters. */
  static TypedAddress plain(String typed) {
    return new TypedAddress(typed, List.of());
  }

  /**
   * The text with the delimiter wherever {@code $|} stands outside quotes; {@code $$|} and {@code
   * \$|} stay what they are without their first character.
   */
  static TypedAddress delimited(String typed) {
    StringBuilder text = new StringBuilder();
    List<Integer> cuts = new ArrayList<>();
    boolean quoted = false;
    for (int i = 0; i < typed.length(); i++) {
      char c = typed.charAt(i);
      if (!quoted && (c == '$' || c == '\\') && typed.startsWith("$|", i + 1)) {
        text.append("$|");
        i += 2;
      } else if (!quoted && typed.startsWith("$|", i)) {
        cuts.add(text.length());
        i++;
      } else if (c == '\\' && i + 1 < typed.length()) {
        text.append(c).append(typed.charAt(++i));
      } else {
        quoted ^= c == '"';
        text.append(c);
      }
    }
    return new TypedAddress(text.toString(), List.copyOf(cuts));
  }

  /** The text without delimiters. */
  String text() {
    return text;
  }

  /** How many delimiters there are. */
  int delimiters() {
    return cuts.size();
  }

  /** Whether there is another piece. */
  boolean hasNext() {
    return at <= bytes.length();
  }

  /**
   * Puts the next piece into the workspace of {@code machine}.
   *
   * @return whether there was a token and no fault
   */
  boolean next(Machine machine, byte[] table, Prescan.Reporter reporter) {
    boolean any = false;
    boolean fault = false;
    boolean goesOn = true;
    while (goesOn) {
      int stop = cut < cuts.size() ? cuts.get(cut) : bytes.length();
      if (cuts.isEmpty() || !text.substring(at, stop).isBlank()) {
        boolean found = machine.add(bytes.array(), at, stop, table, false, ',', reporter);
        any |= found;
        fault |= !found;
        at = Math.max(at, machine.scanEnd());
      } else {
        at = stop;
      }
      goesOn = cut < cuts.size() && at >= stop;
      if (goesOn) {
        machine.add(DELIMITER);
        any = true;
        cut++;
      }
    }
    at++;
    while (cut < cuts.size() && cuts.get(cut) < at) {
      cut++;
    }
    return any && !fault;
  }
}
