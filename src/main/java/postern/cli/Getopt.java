package postern.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits arguments the way C's {@code getopt} does: switches of one letter, several in one word,
 * their values in the same word or the next, other words anywhere between, and {@code --} as an
 * end.
 */
final class Getopt {
  /** One switch with its value, empty if it takes none. */
  record Switch(char letter, String value) {}

  private final List<Switch> switches = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();
  private @Nullable String problem;

  private Getopt() {}

  /**
   * Splits {@code arguments}.
   *
   * @param letters the switches, each with a colon behind it if it takes a value
   */
  static Getopt split(List<String> arguments, String letters) {
    Getopt found = new Getopt();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--")) {
        found.rest.addAll(arguments.subList(i + 1, arguments.size()));
        break;
      }
      if (word.length() < 2 || word.charAt(0) != '-') {
        found.rest.add(word);
        continue;
      }
      for (int k = 1; k < word.length(); k++) {
        char letter = word.charAt(k);
        int at = letter == ':' ? -1 : letters.indexOf(letter);
        if (at < 0) {
          found.problem = "illegal option -- " + letter;
          return found;
        } else if (!letters.startsWith(":", at + 1)) {
          found.switches.add(new Switch(letter, ""));
        } else if (k + 1 < word.length()) {
          found.switches.add(new Switch(letter, word.substring(k + 1)));
          break;
        } else if (++i < arguments.size()) {
          found.switches.add(new Switch(letter, arguments.get(i)));
          break;
        } else {
          found.problem = "option requires an argument -- " + letter;
          return found;
        }
      }
    }
    return found;
  }

  List<Switch> switches() {
    return switches;
  }

  /** Words that are neither switches nor their values. */
  List<String> rest() {
    return rest;
  }

  /** What kept the rest from being read, in C's words; null if nothing did. */
  @Nullable String problem() {
    return problem;
  }
}
