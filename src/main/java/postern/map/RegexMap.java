package postern.map;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * Class {@code regex}: POSIX regular expressions, leftmost longest, in linear time (RE2/J). Without
 * {@code -s} a match is the empty text; with it the chosen groups.
 */
final class RegexMap implements LookupMap {
  private static final int MAX_TEXT = 255;
  private static final int MAX_SUBSTRINGS = 32;
  private static final byte[] EMPTY = {};

  private final MapFlags flags;
  private final Pattern pattern;
  private final boolean foldKey;
  private final int @Nullable [] fields;
  private final byte[] delimiter;

  private RegexMap(
      MapFlags flags, Pattern pattern, boolean foldKey, int @Nullable [] fields, byte[] delimiter) {
    this.flags = flags;
    this.pattern = pattern;
    this.foldKey = foldKey;
    this.fields = fields;
    this.delimiter = delimiter;
  }

  /** Reads what stands behind {@code regex} in a {@code K} line; null after a fault. */
  static @Nullable RegexMap declare(String arguments, MapFlags flags, Query.Problems problems) {
    boolean keepCase = false;
    boolean basic = false;
    String list = null;
    String delimiter = "\u009b";
    MapFlags.Words words = new MapFlags.Words(arguments);
    while (words.flag()) {
      switch (words.next()) {
        case 'n' -> flags.negate = true;
        case 'f' -> {
          flags.keepCase = true;
          keepCase = true;
        }
        case 'b' -> basic = true;
        case 's' -> list = words.word();
        case 'd' -> delimiter = words.word();
        case 'a' -> flags.append = words.word();
        case 'm' -> flags.matchOnly = true;
        case 'q' -> flags.keepQuotes = true;
        case 'S' -> flags.spaceSubstitute = Math.max(0, words.next());
        case 'D' -> flags.noDefer = true;
        default -> {}
      }
      words.skipWord();
    }
    Pattern pattern;
    try {
      flags.rest = words.rest();
      pattern = PosixPattern.compile(flags.rest, basic, keepCase);
    } catch (PosixPattern.SyntaxException e) {
      problems.report("pattern-compile-error: " + e.getMessage(), "");
      return null;
    }
    int[] fields = null;
    if (list != null) {
      int substrings = pattern.groupCount() + 1;
      if (substrings >= MAX_SUBSTRINGS) {
        problems.report("too many substrings, " + MAX_SUBSTRINGS + " max", "");
        return null;
      }
      fields = list.isEmpty() ? allFields(substrings) : parseFields(list, substrings, problems);
      if (fields == null) {
        return null;
      }
    }
    return new RegexMap(
        flags, pattern, !keepCase, fields, delimiter.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static int[] allFields(int substrings) {
    int[] fields = new int[substrings];
    for (int i = 0; i < substrings; i++) {
      fields[i] = i;
    }
    return fields;
  }

  /** The field numbers of a list like {@code 1,2}; null after one that does not exist. */
  static int @Nullable [] parseFields(String list, int substrings, Query.Problems problems) {
    String[] parts = list.split(",", -1);
    int[] fields = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (i >= MAX_SUBSTRINGS) {
        problems.report("too many fields, " + MAX_SUBSTRINGS + " max", "");
        return null;
      }
      int field = (int) Numbers.atol(parts[i]);
      if (field < 0 || field >= substrings) {
        problems.report(
            "field (" + field + ") out of range, only " + substrings + " substrings in pattern",
            "");
        return null;
      }
      fields[i] = field;
    }
    return fields;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    Bytes key = query.key();
    String searched = foldKey ? lower(key) : key.toString();
    Matcher matcher = pattern.matcher(searched);
    if (matcher.find() == flags.negate) {
      answer.missing(Answer.OK);
      return;
    }
    if (flags.negate || fields == null) {
      flags.format(EMPTY, 0, 0, query, answer);
      return;
    }
    int[] wanted = fields;
    if (query.arguments() > 0) {
      wanted =
          parseFields(query.argument(1).toString(), matcher.groupCount() + 1, query.problems());
      if (wanted == null) {
        answer.missing(Answer.CONFIGURATION);
        return;
      }
    }
    byte[] text = new byte[MAX_TEXT];
    int n = join(matcher, wanted, key, text);
    if (n < 0) {
      answer.missing(Answer.OK);
    } else {
      flags.format(text, 0, n, query, answer);
    }
  }

  private static String lower(Bytes key) {
    byte[] lower = java.util.Arrays.copyOf(key.array(), key.length());
    for (int i = 0; i < lower.length; i++) {
      lower[i] = postern.text.Symbols.lower(lower[i]);
    }
    return new String(lower, StandardCharsets.ISO_8859_1);
  }

  /**
   * Puts the groups one behind the other, as far as there is room; -1 if they would not be one
   * piece of text (a blank outside quotes, something unbalanced, a backslash at the end).
   */
  private int join(Matcher matcher, int[] wanted, Bytes key, byte[] text) {
    int n = 0;
    int angles = 0;
    int parentheses = 0;
    int blanks = 0;
    boolean quoted = false;
    boolean backslash = false;
    for (int k = 0; k < wanted.length; k++) {
      for (int i = 0; k > 0 && i < delimiter.length && n < MAX_TEXT; i++) {
        text[n++] = delimiter[i];
      }
      int from = matcher.start(wanted[k]);
      int to = matcher.end(wanted[k]);
      for (int i = from; from >= 0 && i < to && n < MAX_TEXT; i++) {
        int c = key.at(i);
        text[n++] = (byte) c;
        if (backslash) {
          backslash = false;
        } else if (c == '\\') {
          backslash = true;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (!quoted) {
          switch (c) {
            case '(' -> parentheses++;
            case ')' -> parentheses--;
            case '<' -> angles++;
            case '>' -> angles--;
            case ' ' -> blanks++;
            default -> {}
          }
        }
      }
    }
    boolean whole = angles == 0 && parentheses == 0 && blanks == 0 && !quoted && !backslash;
    return whole ? n : -1;
  }
}
