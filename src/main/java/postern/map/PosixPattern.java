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
  private static final int LONGEST_NAME = 32;
  private static final int NO_NUMBER = -1;
  private static final int INVALID = -2;
  private static final String BAD_INTERVAL = "Invalid content of \\{\\}";

  private final String text;
  private final boolean basic;
  private final boolean fold;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int depth;

  // What the last number of an interval ended at.
  private boolean ended;
  private boolean comma;

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
      throw new SyntaxException("Unmatched ( or \\("); // the C library's word for ) as well
    }
  }

  private void branch() throws SyntaxException {
    boolean first = true;
    while (more() && !seesBar() && !seesClose()) {
      if (repeatLength() > 0) {
        if (!basic) {
          throw new SyntaxException("Invalid preceding regular expression");
        }
        if (first && sees("\\{")) {
          throw new SyntaxException("Invalid preceding regular expression");
        }
        if (first) {
          at += repeatLength();
          literal(text.charAt(at - 1));
          first = false;
          repeats();
          continue;
        }
      }
      boolean anchor = piece(first);
      if (!anchor) {
        repeats();
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

  private void repeats() throws SyntaxException {
    boolean again = false;
    while (repeatLength() > 0) {
      if (again && basic && !sees("\\+") && !sees("\\?")) {
        throw new SyntaxException("Invalid preceding regular expression");
      }
      if (again) {
        // RE2 does not repeat a repetition as it stands.
        int start = itemStart(out.toString());
        out.insert(start, "(?:").append(')');
      }
      char c = basic && text.charAt(at) == '\\' ? text.charAt(at + 1) : text.charAt(at);
      at += repeatLength();
      if (c == '{') {
        interval();
      } else {
        out.append(c);
      }
      again = true;
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
    if (least == NO_NUMBER) {
      if (!comma) {
        throw new SyntaxException(BAD_INTERVAL);
      }
      least = 0;
    }
    int most = least == INVALID ? INVALID : comma ? number() : ended ? least : INVALID;
    if (most == INVALID) {
      throw new SyntaxException(more() || ended ? BAD_INTERVAL : "Unmatched \\{");
    }
    if ((most != NO_NUMBER && least > most) || !ended) {
      throw new SyntaxException(BAD_INTERVAL);
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

  /**
   * Reads up to a comma or the end of the interval, and behind it.
   *
   * @return the number, NO_NUMBER, or INVALID for something else or the end of the pattern
   */
  private int number() {
    int n = NO_NUMBER;
    ended = false;
    comma = false;
    while (more()) {
      char c = text.charAt(at++);
      boolean escaped = c == '\\' && more();
      if (escaped) {
        c = text.charAt(at++);
      }
      ended = c == '}' && escaped == basic;
      comma = c == ',';
      if (ended || comma) {
        return n;
      }
      boolean digit = c >= '0' && c <= '9' && !escaped;
      n = !digit || n == INVALID ? INVALID : Math.min(1 << 20, Math.max(0, n) * 10 + c - '0');
    }
    return INVALID;
  }

  /** A bracket expression behind its {@code [}; POSIX knows no backslash in it. */
  private void bracket() throws SyntaxException {
    out.append('[');
    if (sees("^")) {
      at++;
      out.append('^');
    }
    if (!more()) {
      throw new SyntaxException("Invalid regular expression");
    }
    boolean first = true;
    while (first || !sees("]")) {
      if (sees("[:")) {
        characterClass();
      } else {
        range(first);
      }
      if (!more()) {
        throw unmatchedBracket();
      }
      first = false;
    }
    at++;
    out.append(']');
  }

  /** One character, or two with a hyphen between them. */
  private void range(boolean first) throws SyntaxException {
    boolean equivalence = sees("[=");
    String low = element(first);
    if (!equivalence && !more()) {
      throw unmatchedBracket();
    }
    if (equivalence || !isHyphen(at) || (at + 1 < text.length() && text.charAt(at + 1) == ']')) {
      members(single(low), single(low));
      return;
    }
    at++;
    if (!more()) {
      throw unmatchedBracket();
    }
    boolean range = !sees("[:") && !sees("[=");
    String high = sees("[:") ? symbol(':') : element(true);
    if (!range) {
      throw new SyntaxException("Invalid range end");
    }
    if (upper(single(low)) > upper(single(high))) {
      throw new SyntaxException("Invalid range end");
    }
    members(upper(single(low)), upper(single(high)));
  }

  /** Whether the hyphen at {@code index} is one of a range; three in a row are one character. */
  private boolean isHyphen(int index) {
    return text.startsWith("-", index) && !text.startsWith("---", index);
  }

  private static SyntaxException unmatchedBracket() {
    return new SyntaxException("Unmatched [, [^, [:, [., or [=");
  }

  private void characterClass() throws SyntaxException {
    String name = symbol(':');
    if (!CLASSES.contains(name)) {
      throw new SyntaxException("Invalid character class name");
    }
    boolean letters = fold && (name.equals("upper") || name.equals("lower"));
    out.append("[:").append(letters ? "alpha" : name).append(":]");
  }

  /** The name in {@code [.x.]}, {@code [=x=]}, {@code [:x:]}. */
  private String symbol(char kind) throws SyntaxException {
    int begin = at + 2;
    int end = text.indexOf(kind + "]", begin);
    if (end < 0 || end - begin >= LONGEST_NAME) {
      throw unmatchedBracket();
    }
    at = end + 2;
    return text.substring(begin, end);
  }

  /** One character of a set, perhaps written {@code [.x.]} or {@code [=x=]}. */
  private String element(boolean hyphenToo) throws SyntaxException {
    if (sees("[.") || sees("[=")) {
      return symbol(text.charAt(at + 1));
    }
    if (sees("---")) {
      at += 2;
    } else if (sees("-") && !hyphenToo && !text.startsWith("]", at + 1)) {
      throw new SyntaxException("Invalid range end");
    }
    return String.valueOf(text.charAt(at++));
  }

  private static char single(String element) throws SyntaxException {
    if (element.length() != 1) {
      throw new SyntaxException("Invalid collation character");
    }
    return element.charAt(0);
  }

  /** The C library compares upper-case letters when case does not matter. */
  private char upper(char c) {
    return fold && c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
  }

  /** Adds all of {@code [low, high]}; of letters whose case does not matter the lower-case ones. */
  private void members(char low, char high) {
    if (!fold) {
      span(low, high);
      return;
    }
    span(low, (char) Math.min(high, '@'));
    span((char) (Math.max(low, 'A') + 32), (char) (Math.min(high, 'Z') + 32));
    span((char) Math.max(low, '['), (char) Math.min(high, '`'));
    if (low == high) {
      span((char) Math.max(low, 'a'), high);
    } else {
      span((char) Math.max(low, '{'), high);
    }
  }

  private void span(char low, char high) {
    if (low <= high) {
      member(low);
      if (low < high) {
        out.append('-');
        member(high);
      }
    }
  }

  private void member(char c) {
    if ("\\[]^-&~".indexOf(c) >= 0) {
      out.append('\\');
    }
    out.append(c);
  }
}
