package postern.offline.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import postern.map.MapEntry;
import postern.offline.Decider;
import postern.offline.MapLine;
import postern.text.Symbols;

/**
 * Addresses taken apart into words that a policy has something to say about and words that it has
 * never heard of: those that stand neither in a rule, a class, nor in a line of a map file. What
 * was taken apart lately is kept. Not thread-safe.
 */
final class Addresses {
  private static final int LONGEST = 200;
  private static final int KEPT = 1 << 15;
  private static final String[] NONE = {};

  private final Symbols symbols;
  private final boolean off;
  private final boolean plus;
  private final Set<String> words = new HashSet<>();
  private final Address[] kept = new Address[KEPT];

  /**
   * An address.
   *
   * @param strange the words that the policy has never heard of
   * @param lower the same in lower case
   * @param begins where they begin
   */
  record Address(String text, String[] strange, String[] lower, int[] begins) {}

  Addresses(Decider decider) {
    symbols = decider.configuration().program().symbols();
    // Words must be what the tokenizer takes for tokens, or parts of such.
    String operators = decider.configuration().options().string("OperatorChars", ".:@[]");
    off =
        operators.indexOf('.') < 0
            || operators.indexOf('-') >= 0
            || operators.indexOf('_') >= 0
            || operators.indexOf('=') >= 0;
    plus = operators.indexOf('+') >= 0;
    for (MapEntry map : decider.configuration().program().maps().all()) {
      for (MapLine line : decider.lines().lines(map)) {
        addWords(line.key());
        addWords(line.value());
      }
    }
  }

  private void addWords(String text) {
    int from = -1;
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i <= lower.length(); i++) {
      boolean part = i < lower.length() && isPart(lower.charAt(i));
      if (part && from < 0) {
        from = i;
      } else if (!part && from >= 0) {
        words.add(lower.substring(from, i));
        from = -1;
      }
    }
  }

  private static boolean isPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '=';
  }

  /**
   * The words of {@code text}; none are strange if it is of another form than {@code <a.b@c.d>}.
   */
  Address of(String text) {
    int slot = text.hashCode() & KEPT - 1;
    Address known = kept[slot];
    if (known != null && known.text.equals(text)) {
      return known;
    }
    Address made = isPlain(text) ? split(text) : new Address(text, NONE, NONE, new int[0]);
    kept[slot] = made;
    return made;
  }

  private boolean isPlain(String text) {
    int n = text.length();
    if (off || n < 3 || n > LONGEST || text.charAt(0) != '<' || text.charAt(n - 1) != '>') {
      return false;
    }
    for (int i = 1; i < n - 1; i++) {
      char c = text.charAt(i);
      if (!isPart(c) && c != '.' && c != '@' && !(c == '+' && plus)) {
        return false;
      }
    }
    return true;
  }

  private Address split(String text) {
    List<String> strange = new ArrayList<>(4);
    List<String> lower = new ArrayList<>(4);
    int[] begins = new int[text.length()];
    int from = 1;
    for (int i = 1; i < text.length(); i++) {
      if (!isPart(text.charAt(i))) {
        if (i > from) {
          String word = text.substring(from, i);
          String small = word.toLowerCase(Locale.ROOT);
          if (isStrange(word, small)) {
            begins[strange.size()] = from;
            strange.add(word);
            lower.add(small);
          }
        }
        from = i + 1;
      }
    }
    return new Address(text, strange.toArray(NONE), lower.toArray(NONE), begins);
  }

  private boolean isStrange(String word, String lower) {
    boolean digits = true;
    for (int i = 0; i < word.length() && digits; i++) {
      digits = word.charAt(i) >= '0' && word.charAt(i) <= '9';
    }
    return !digits
        && !words.contains(lower)
        && !isSymbol(lower)
        && (lower.equals(word) || !isSymbol(word));
  }

  private boolean isSymbol(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
    return symbols.find(bytes, 0, bytes.length) != Symbols.NONE;
  }
}
