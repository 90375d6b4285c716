package postern.map;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * Class {@code regex}: POSIX regular expressions, leftmost longest, in linear time (RE2/J). Without
 * {@code -s} a match is the empty text; with it the chosen groups.
 */
final class RegexMap implements LookupMap {
  private static final int MAX_TEXT = 255;

  private final @Nullable Pattern pattern;
  private final boolean negate;
  private final boolean matchOnly;
  private final boolean groups;
  private final int[] wanted;
  private final String delimiter;
  private final String append;

  RegexMap(
      @Nullable Pattern pattern,
      boolean negate,
      boolean matchOnly,
      boolean groups,
      int[] wanted,
      String delimiter,
      String append) {
    this.pattern = pattern;
    this.negate = negate;
    this.matchOnly = matchOnly;
    this.groups = groups;
    this.wanted = wanted;
    this.delimiter = delimiter;
    this.append = append;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    if (pattern == null) {
      answer.missing(Answer.OK);
      return;
    }
    String key = query.key().toString();
    Matcher matcher = pattern.matcher(key);
    boolean found = matcher.find();
    if (found == negate) {
      answer.missing(Answer.OK);
      return;
    }
    if (negate || !groups) {
      Bytes out = answer.found();
      if (matchOnly) {
        out.append(key);
      }
      out.append(append);
      return;
    }
    int[] fields =
        query.arguments() > 0
            ? parseFields(query.argument(1).toString(), matcher.groupCount(), query.problems())
            : wanted;
    StringBuilder text = new StringBuilder();
    boolean first = true;
    for (int field : fields) {
      String group = field <= matcher.groupCount() ? matcher.group(field) : null;
      if (group == null) {
        group = "";
      }
      if (!first) {
        text.append(delimiter);
      }
      first = false;
      text.append(group);
    }
    if (text.length() > MAX_TEXT) {
      text.setLength(MAX_TEXT);
    }
    if (!isOnePiece(text)) {
      answer.missing(Answer.OK);
      return;
    }
    Bytes out = answer.found();
    out.append(matchOnly ? key : text.toString());
    out.append(append);
  }

  /** The field numbers of a list like {@code 1,2}; ends at the first one out of range. */
  static int[] parseFields(String list, int groups, Query.Problems problems) {
    if (list.isEmpty()) {
      return new int[] {0};
    }
    int[] fields = new int[MAX_SUBSTRINGS + 1];
    int count = 0;
    int i = 0;
    while (i < list.length() && count <= MAX_SUBSTRINGS) {
      int end = list.indexOf(',', i);
      String part = end < 0 ? list.substring(i) : list.substring(i, end);
      i = end < 0 ? list.length() : end + 1;
      int field = (int) Numbers.atol(part);
      if (field < 0 || field > groups) {
        problems.report(
            "field (" + field + ") out of range, only " + groups + " substrings in pattern", "");
        return java.util.Arrays.copyOf(fields, count);
      }
      fields[count++] = field;
    }
    return java.util.Arrays.copyOf(fields, count);
  }

  static final int MAX_SUBSTRINGS = 32;

  /** No blank outside quotes, everything balanced, no backslash at the end. */
  private static boolean isOnePiece(CharSequence text) {
    boolean quoted = false;
    boolean backslash = false;
    int angles = 0;
    int parentheses = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (backslash) {
        backslash = false;
        continue;
      }
      if (c == '\\') {
        backslash = true;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        switch (c) {
          case ' ', '\t' -> {
            return false;
          }
          case '(' -> parentheses++;
          case ')' -> {
            if (--parentheses < 0) {
              return false;
            }
          }
          case '<' -> angles++;
          case '>' -> {
            if (--angles < 0) {
              return false;
            }
          }
          default -> {}
        }
      }
    }
    return !quoted && !backslash && angles == 0 && parentheses == 0;
  }
}
