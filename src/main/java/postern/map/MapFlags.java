package postern.map;

/**
 * The flags that {@code K} lines of most classes share (operations guide, "K - Key File
 * Declaration"), with what follows them.
 */
public final class MapFlags {
  boolean matchOnly;
  boolean keepQuotes;
  boolean keepCase;
  boolean optional;
  boolean noDefer;
  boolean tempFailIgnored;
  String append = "";
  String tempFailSuffix = "";
  boolean hasTempFailSuffix;
  String keyColumn = "";
  String valueColumn = "";
  int columnDelimiter;
  int spaceSubstitute;
  String file = "";
  String timeout = "";
  boolean nullOnly;
  boolean noNull;
  boolean appendDuplicates;

  MapFlags() {}

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

  /** The file behind the map, empty if its class has none. */
  public String file() {
    return file;
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

  /** The generic syntax; returns false after an error that makes the map unusable. */
  boolean parse(String arguments, String name, Query.Problems problems, boolean fileRequired) {
    int i = 0;
    int n = arguments.length();
    while (true) {
      while (i < n && isSpace(arguments.charAt(i))) {
        i++;
      }
      if (i >= n || arguments.charAt(i) != '-') {
        break;
      }
      i++;
      int letter = i < n ? arguments.charAt(i) : 0;
      i++;
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
        case 'a' -> append = word(arguments, i);
        case 'T' -> {
          tempFailSuffix = word(arguments, i);
          hasTempFailSuffix = true;
        }
        case 'k' -> {
          i = skipSpace(arguments, i);
          keyColumn = word(arguments, i);
        }
        case 'v' -> {
          i = skipSpace(arguments, i);
          valueColumn = word(arguments, i);
        }
        case 'z' -> {
          if (i < n && arguments.charAt(i) != '\\') {
            columnDelimiter = arguments.charAt(i);
          } else if (i + 1 < n) {
            i++;
            columnDelimiter =
                switch (arguments.charAt(i)) {
                  case 'n' -> '\n';
                  case 't' -> '\t';
                  default -> '\\';
                };
          }
        }
        case 'S' -> spaceSubstitute = i < n ? arguments.charAt(i) : 0;
        case 'd' -> {
          i = skipSpace(arguments, i);
          timeout = word(arguments, i);
        }
        default ->
            problems.report(
                "Illegal option " + (letter == 0 ? "" : (char) letter) + " map " + name, "");
      }
      while (i < n && !isSpace(arguments.charAt(i))) {
        i++;
      }
    }
    int end = i;
    while (end < n && !isSpace(arguments.charAt(end))) {
      end++;
    }
    String given = arguments.substring(Math.min(i, n), end);
    if (!given.isEmpty()) {
      file = given;
    } else if (fileRequired) {
      problems.report("No file name for " + "%s map " + name, "");
      return false;
    }
    return true;
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

  static String word(String text, int from) {
    int end = from;
    while (end < text.length() && !isSpace(text.charAt(end))) {
      end++;
    }
    return text.substring(Math.min(from, text.length()), end);
  }
}
