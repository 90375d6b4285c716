package postern.map;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/**
 * POSIX regular expressions, as the C library reads them in the "C" locale, for RE2/J: leftmost
 * longest, and case ignored for ASCII letters only (both the pattern and the text become lower
 * case). Back-references cannot be had in linear time and are refused.
 */
final class PosixPattern {
  private static final List<String> CLASSES =
      List.of(
          "alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph",
          "cntrl", "xdigit");
  private static final int MAX_REPEAT = 1000;

  private final String text;
  private final boolean basic;
  private final boolean fold;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int depth;

  private PosixPattern(String text, boolean basic, boolean fold) {
    this.text = text;
    this.basic = basic;
    this.fold = fold;
  }

  /** A pattern has a fault; the message is the C library's. */
  static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    SyntaxException(String message) {
      super(message);
    }
  }

  /**
   * Compiles {@code text}. Unless case matters, the caller must make the text to be searched lower
   * case (ASCII letters).
   *
   * @param basic whether the syntax is basic instead of extended
   */
  static Pattern compile(String text, boolean basic, boolean keepCase) throws SyntaxException {
    String translated = translate(text, basic, !keepCase);
    try {
      return Pattern.compile(translated, Pattern.LONGEST_MATCH | Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new SyntaxException("Regular expression too big");
    }
  }

  /** The pattern in RE2's syntax. */
  static String translate(String text, boolean basic, boolean fold) throws SyntaxException {
    PosixPattern reader = new PosixPattern(text, basic, fold);
    reader.alternatives();
    return reader.out.toString();
  }

  private boolean more() {
    return at < text.length();
  }

  private boolean sees(String token) {
    return text.startsWith(token, at);
  }

  private boolean seesBar() {
    return sees(basic ? "\\|" : "|");
  }

  private boolean seesClose() {
    return basic ? sees("\\)") : depth > 0 && sees(")");
  }

  private void alternatives() throws SyntaxException {
    branch();
    while (more() && seesBar()) {
      at += basic ? 2 : 1;
      out.append('|');
      branch();
    }
    if (more() && depth == 0) {
      throw new SyntaxException("Unmatched ) or \\)"); // only basic syntax gets here
    }
  }

  private void branch() throws SyntaxException {
    boolean first = true;
    while (more() && !seesBar() && !seesClose()) {
      if (repeatLength() > 0) {
        if (!basic) {
          throw new SyntaxException("Invalid preceding regular expression");
        }
        if (first && text.charAt(at) == '*') {
          literal(text.charAt(at++));
          first = false;
          repeats();
          continue;
        }
        if (first) {
          throw new SyntaxException("Invalid preceding regular expression");
        }
      }
      boolean anchor = piece(first);
      if (!anchor) {
        repeats();
      } else if (!basic) {
        anchorRepeats();
      }
      first = anchor && basic;
    }
  }

  /** Characters of the repetition operator at this place, without an interval's inside; 0: none. */
  private int repeatLength() {
    if (!more()) {
      return 0;
    }
    if (basic) {
      return sees("*") ? 1 : sees("\\{") || sees("\\+") || sees("\\?") ? 2 : 0;
    }
    return "*+?{".indexOf(text.charAt(at)) >= 0 ? 1 : 0;
  }

  /** Reads one item; says whether it is an anchor. */
  private boolean piece(boolean first) throws SyntaxException {
    char c = text.charAt(at);
    if (c == '[') {
      at++;
      bracket();
      return false;
    }
    if (c == '\\') {
      return escape();
    }
    at++;
    if (c == '.') {
      out.append('.');
    } else if (c == '(' && !basic) {
      group();
    } else if (c == '^' && (!basic || first)) {
      out.append('^');
      return true;
    } else if (c == '$' && (!basic || !more() || sees("\\)") || sees("\\|"))) {
      out.append('$');
      return true;
    } else {
      literal(c);
    }
    return false;
  }

  private boolean escape() throws SyntaxException {
    if (at + 1 >= text.length()) {
      throw new SyntaxException("Trailing backslash");
    }
    char c = text.charAt(at + 1);
    at += 2;
    if (basic && c == '(') {
      group();
      return false;
    }
    if (c >= '1' && c <= '9') {
      throw new SyntaxException("Invalid back reference");
    }
    switch (c) {
      case 'w' -> out.append("[0-9A-Za-z_]");
      case 'W' -> out.append("[^0-9A-Za-z_]");
      case 's' -> out.append("[ \\t-\\r]");
      case 'S' -> out.append("[^ \\t-\\r]");
      case 'b', '<', '>' -> out.append("\\b");
      case 'B' -> out.append("\\B");
      case '`' -> out.append("\\A");
      case '\'' -> out.append("\\z");
      default -> {
        literal(c);
        return false;
      }
    }
    return "b<>B`'".indexOf(c) >= 0;
  }

  private void group() throws SyntaxException {
    depth++;
    out.append('(');
    alternatives();
    if (!more()) {
      throw new SyntaxException("Unmatched ( or \\(");
    }
    at += basic ? 2 : 1;
    depth--;
    out.append(')');
  }

  private void literal(char c) {
    if ("\\.+*?()|[]{}^$".indexOf(c) >= 0) {
      out.append('\\');
    }
    out.append(folded(c));
  }

  private char folded(char c) {
    return fold && c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** In extended syntax an anchor may be followed by repetition operators, which mean nothing. */
  private void anchorRepeats() throws SyntaxException {
    int mark = out.length();
    repeats();
    out.setLength(mark);
  }

  private void repeats() throws SyntaxException {
    int begin = -1;
    while (repeatLength() > 0) {
      if (begin >= 0) {
        // RE2 does not repeat a repetition as it stands.
        String again = out.toString();
        int start = itemStart(again);
        out.insert(start, "(?:").append(')');
      }
      char c = basic && text.charAt(at) == '\\' ? text.charAt(at + 1) : text.charAt(at);
      at += repeatLength();
      if (c == '{') {
        interval();
      } else {
        out.append(c);
      }
      begin = 0;
    }
  }

  /** Where the last item of {@code pattern} begins: an item is what one repetition applies to. */
  private static int itemStart(String pattern) {
    int end = pattern.length() - 1;
    if (pattern.charAt(end) == '}') {
      end = pattern.lastIndexOf('{') - 1;
    } else {
      end--;
    }
    char c = pattern.charAt(end);
    if (c == ')' && !escaped(pattern, end)) {
      int open = 1;
      int i = end - 1;
      boolean set = false;
      for (; i >= 0; i--) {
        char p = pattern.charAt(i);
        if (escaped(pattern, i)) {
          continue;
        }
        if (p == ']' && !set) {
          set = true;
        } else if (p == '[' && set) {
          set = false;
        } else if (!set && p == ')') {
          open++;
        } else if (!set && p == '(' && --open == 0) {
          return i;
        }
      }
      return 0;
    }
    if (c == ']' && !escaped(pattern, end)) {
      int i = end - 1;
      while (i > 0 && (pattern.charAt(i) != '[' || escaped(pattern, i))) {
        i--;
      }
      return i;
    }
    return escaped(pattern, end) ? end - 1 : end;
  }

  private static boolean escaped(String pattern, int index) {
    int slashes = 0;
    for (int i = index - 1; i >= 0 && pattern.charAt(i) == '\\'; i--) {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private void interval() throws SyntaxException {
    int least = number();
    int most = least;
    if (sees(",")) {
      at++;
      most = number();
      least = Math.max(0, least);
    } else if (least < 0) {
      throw badInterval();
    }
    if (!sees(basic ? "\\}" : "}")) {
      throw badInterval();
    }
    at += basic ? 2 : 1;
    if (most >= 0 && least > most) {
      throw new SyntaxException("Invalid content of \\{\\}");
    }
    if (Math.max(least, most) > MAX_REPEAT) {
      throw new SyntaxException("Regular expression too big");
    }
    out.append('{').append(least);
    if (most != least) {
      out.append(',').append(most < 0 ? "" : Integer.toString(most));
    }
    out.append('}');
  }

  private SyntaxException badInterval() {
    return new SyntaxException(more() ? "Invalid content of \\{\\}" : "Unmatched { or \\{");
  }

  private int number() {
    int n = -1;
    while (more() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      n = Math.min(1 << 20, Math.max(0, n) * 10 + text.charAt(at++) - '0');
    }
    return n;
  }

  /** A bracket expression behind its {@code [}; POSIX knows no backslash in it. */
  private void bracket() throws SyntaxException {
    out.append('[');
    if (sees("^")) {
      at++;
      out.append('^');
    }
    boolean first = true;
    while (true) {
      if (!more()) {
        throw unmatchedBracket();
      }
      if (sees("]") && !first) {
        at++;
        out.append(']');
        return;
      }
      first = false;
      if (sees("[:")) {
        characterClass();
        continue;
      }
      char low = element();
      if (sees("-") && at + 1 < text.length() && text.charAt(at + 1) != ']') {
        at++;
        if (sees("[:")) {
          throw new SyntaxException("Invalid range end");
        }
        char high = element();
        if (folded(low) > folded(high)) {
          throw new SyntaxException("Invalid range end");
        }
        member(folded(low));
        out.append('-');
        member(folded(high));
      } else {
        member(folded(low));
      }
    }
  }

  private static SyntaxException unmatchedBracket() {
    return new SyntaxException("Unmatched [, [^, [:, [., or [=");
  }

  private void characterClass() throws SyntaxException {
    int end = text.indexOf(":]", at + 2);
    if (end < 0) {
      throw unmatchedBracket();
    }
    String name = text.substring(at + 2, end);
    if (!CLASSES.contains(name)) {
      throw new SyntaxException("Invalid character class name");
    }
    at = end + 2;
    boolean letters = fold && (name.equals("upper") || name.equals("lower"));
    out.append("[:").append(letters ? "alpha" : name).append(":]");
  }

  /** One character of a set, perhaps written {@code [.x.]} or {@code [=x=]}. */
  private char element() throws SyntaxException {
    if (!more()) {
      throw unmatchedBracket();
    }
    if (sees("[.") || sees("[=")) {
      char kind = text.charAt(at + 1);
      int end = text.indexOf(kind + "]", at + 2);
      if (end < 0) {
        throw unmatchedBracket();
      }
      if (end != at + 3) {
        throw new SyntaxException("Invalid collation character");
      }
      char c = text.charAt(at + 2);
      at = end + 2;
      return c;
    }
    return text.charAt(at++);
  }

  private void member(char c) {
    if ("\\[]^-&~".indexOf(c) >= 0) {
      out.append('\\');
    }
    out.append(c);
  }
}
