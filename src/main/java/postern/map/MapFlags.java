package postern.map;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import postern.map.dns.NameService.Patience;
import postern.text.Bytes;

/**
 * The flags that {@code K} lines of most classes share (operations guide, "K - Key File
 * Declaration"), with what follows them. A second declaration of a map adds to the flags of the
 * first.
 */
public final class MapFlags {
  private static final int MOST_SECONDS = 3600;

  boolean matchOnly;
  boolean keepQuotes;
  boolean keepCase;
  boolean optional;
  boolean noDefer;
  boolean tempFailIgnored;
  boolean negate;
  String append = "";
  @Nullable String tempFailSuffix;
  String keyColumn = "";
  String valueColumn = "";
  int columnDelimiter;
  int spaceSubstitute;
  String file = "";
  String rest = "";
  String timeout = "";
  boolean nullOnly;
  boolean noNull;
  boolean appendDuplicates;

  MapFlags() {}

  /** The file behind the map, empty if its class has none. */
  public String file() {
    return file;
  }

  /** What stands behind flags and file; of class {@code regex} the expression. */
  public String rest() {
    return rest;
  }

  /** Whether keys keep their case ({@code -f}). */
  public boolean keepCase() {
    return keepCase;
  }

  /** {@code -k}: number of the key's column, empty for the default. */
  public String keyColumn() {
    return keyColumn;
  }

  /** {@code -v}: number of the value's column, empty for the default. */
  public String valueColumn() {
    return valueColumn;
  }

  /** {@code -z}: what separates columns, 0 for white space. */
  public int columnDelimiter() {
    return columnDelimiter;
  }

  /** Whether a missing file is no fault ({@code -o}). */
  public boolean optional() {
    return optional;
  }

  /** What to put between words of the key: {@code -S}, or 0 for {@code BlankSub}. */
  public int spaceSubstitute() {
    return spaceSubstitute;
  }

  /** Whether the key keeps its quotes ({@code -q}). */
  public boolean keepQuotes() {
    return keepQuotes;
  }

  /**
   * Reads the generic syntax: flags, a file name, and a rest that some classes use.
   *
   * @param blankSub what {@code BlankSub} is at this moment: it stays the map's own
   */
  void parse(String arguments, String name, int blankSub, Query.Problems problems) {
    spaceSubstitute = blankSub;
    Words words = new Words(arguments);
    while (words.flag()) {
      int letter = words.next();
      switch (letter) {
        case 'N' -> nullOnly = true;
        case 'O' -> noNull = true;
        case 'o' -> optional = true;
        case 'f' -> keepCase = true;
        case 'm' -> matchOnly = true;
        case 'A' -> appendDuplicates = true;
        case 'q' -> keepQuotes = true;
        case 'D' -> noDefer = true;
        case 't' -> tempFailIgnored = true;
        case 'a' -> append = words.word();
        case 'T' -> tempFailSuffix = words.word();
        case 'k' -> keyColumn = words.spacedWord();
        case 'v' -> valueColumn = words.spacedWord();
        case 'd' -> {
          timeout = words.word();
          checkTime(timeout, problems);
        }
        case 'S' -> spaceSubstitute = Math.max(0, words.next());
        case 'z' -> columnDelimiter(words);
        default -> illegal(letter, name, problems);
      }
      words.skipWord();
    }
    String given = words.word();
    if (!given.isEmpty()) {
      file = given;
      words.skipWord();
    }
    String behind = words.rest();
    if (!behind.isEmpty()) {
      rest = behind;
    }
  }

  /** Complains about units of time that are none; sendmail takes them for seconds. */
  private static void checkTime(String time, Query.Problems problems) {
    for (int i = time.startsWith("-") ? 1 : 0; i < time.length(); i++) {
      char c = time.charAt(i);
      if ((c < '0' || c > '9') && "wdhms".indexOf(c) < 0) {
        problems.badTime("Invalid time unit `" + c + "'");
      }
    }
  }

  /** {@code -z}: one character, or {@code \\n} or {@code \\t}. */
  void columnDelimiter(Words words) {
    columnDelimiter = Math.max(0, words.next());
    if (columnDelimiter == '\\') {
      int escaped = words.next();
      columnDelimiter = escaped == 'n' ? '\n' : escaped == 't' ? '\t' : '\\';
    }
  }

  /** {@code -d}, or {@code otherwise}: how long a look-up may take. */
  Duration patience(Duration otherwise) {
    long seconds = 0;
    long number = 0;
    for (int i = 0; i < timeout.length(); i++) {
      char c = timeout.charAt(i);
      if (c >= '0' && c <= '9') {
        number = Math.min(number * 10 + c - '0', MOST_SECONDS);
      } else {
        seconds += number * unit(c);
        number = 0;
      }
    }
    seconds = Math.min(seconds + number, MOST_SECONDS);
    return seconds == 0 ? otherwise : Duration.ofSeconds(seconds);
  }

  private static long unit(char c) {
    return switch (c) {
      case 'm' -> 60;
      case 'h' -> 3600;
      case 'd' -> 86_400;
      case 'w' -> 604_800;
      default -> 1;
    };
  }

  /** The same for questions to name servers; {@code tries} counts if it is positive. */
  Patience patience(Patience otherwise, int tries) {
    return new Patience(
        patience(otherwise.each()), tries > 0 ? Math.min(tries, 20) : otherwise.tries());
  }

  static void illegal(int letter, String name, Query.Problems problems) {
    // the end of a line in C ends the message
    problems.report("Illegal option " + (letter <= 0 ? "" : (char) letter + " map " + name), "");
  }

  /** Whether a value without {@code %} is the answer as it is. */
  boolean takesValues() {
    return !matchOnly && append.isEmpty();
  }

  /**
   * Writes {@code value} as the answer of a map with these flags: the key if only matching was
   * asked for, else the value with {@code %n} filled in; then the {@code -a} text.
   */
  void format(byte[] value, int from, int to, Query query, Answer answer) {
    Query.Witness witness = query.witness();
    if (witness != null) {
      witness.making(matchOnly ? query.key().toString() : text(value, from, to), query, matchOnly);
    }
    Bytes out = answer.found();
    if (matchOnly) {
      out.append(query.key());
    } else {
      interpolate(value, from, to, query, out);
    }
    out.append(append);
    if (witness != null) {
      witness.made(out.toString());
    }
  }

  private static String text(byte[] value, int from, int to) {
    int end = from;
    while (end < to && value[end] != 0) {
      end++;
    }
    return new String(value, from, end - from, StandardCharsets.ISO_8859_1);
  }

  private static void interpolate(byte[] value, int from, int to, Query query, Bytes out) {
    int i = from;
    while (i < to && value[i] != 0 && value[i] != '%') {
      i++;
    }
    out.append(value, from, i);
    while (i < to && value[i] != 0) {
      int b = value[i++] & 0xff;
      if (b != '%') {
        out.append(b);
        continue;
      }
      int c = i < to ? value[i++] & 0xff : 0;
      if (c == 0) {
        out.append('%');
        return;
      }
      if (c >= '0' && c <= '9') {
        int n = c - '0';
        if (n == 0) {
          out.append(query.key());
        } else if (n <= query.arguments()) {
          out.append(query.argument(n));
        }
      } else {
        if (c != '%') {
          out.append('%');
        }
        out.append(c);
      }
    }
  }

  static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static int skipSpace(String text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Flags and words of a declaration, read from left to right. */
  static final class Words {
    private final String text;
    private int at;

    Words(String text) {
      this.text = text;
    }

    /** Skips blanks; whether a flag follows, and if so goes behind its dash. */
    boolean flag() {
      at = skipSpace(text, at);
      if (at >= text.length() || text.charAt(at) != '-') {
        return false;
      }
      at++;
      return true;
    }

    /** The next character, or -1 at the end. */
    int next() {
      return at < text.length() ? text.charAt(at++) : -1;
    }

    /** What is left of the word at this place. */
    String word() {
      int end = at;
      while (end < text.length() && !isSpace(text.charAt(end))) {
        end++;
      }
      return text.substring(at, end);
    }

    /** The word behind blanks that may stand here. */
    String spacedWord() {
      at = skipSpace(text, at);
      return word();
    }

    /** Goes behind the word at this place, and one blank. */
    void skipWord() {
      at = Math.min(text.length(), at + word().length() + 1);
    }

    /** Everything from the next word on. */
    String rest() {
      at = skipSpace(text, at);
      return text.substring(at);
    }
  }
}
