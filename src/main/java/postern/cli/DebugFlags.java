package postern.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import postern.text.TokenText;

/** sendmail's {@code -d} flags: categories 0 to 99 with a level each, and flags with names. */
final class DebugFlags {
  private static final int CATEGORIES = 100;

  private final int[] levels = new int[CATEGORIES];
  private final List<Named> named = new ArrayList<>();
  private boolean ansi;

  /** A setting for all names that a pattern with {@code *} and {@code ?} matches. */
  private record Named(Pattern pattern, int level) {}

  /** Sets flags from {@code 21.12,ANSI} or {@code 21-22.3}; nothing at all means {@code 0-99.1}. */
  void set(String text) {
    String settings = text.isEmpty() ? "0-99.1,*_trace_*.1" : text;
    for (String part : settings.split(",", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (isDigit(part, 0)) {
        numbered(part);
      } else {
        int dot = part.indexOf('.');
        String pattern = dot < 0 ? part : part.substring(0, dot);
        named.add(
            new Named(glob(pattern), dot < 0 ? 1 : number(part, dot + 1, end(part, dot + 1))));
      }
    }
    ansi = level("ANSI") >= 1;
  }

  private void numbered(String part) {
    int at = end(part, 0);
    int first = number(part, 0, at);
    int last = first;
    if (at < part.length() && part.charAt(at) == '-') {
      int stop = end(part, at + 1);
      last = number(part, at + 1, stop);
      at = stop;
    }
    int level = 1;
    if (at < part.length() && part.charAt(at) == '.') {
      level = number(part, at + 1, end(part, at + 1));
    }
    first = Math.min(first, CATEGORIES - 1);
    last = Math.min(last, CATEGORIES - 1);
    for (int i = first; i <= last; i++) {
      levels[i] = level & 0xff; // sendmail keeps a level in a byte
    }
  }

  private static Pattern glob(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString());
  }

  /** The last setting that matches decides. */
  private int level(String name) {
    for (int i = named.size() - 1; i >= 0; i--) {
      if (named.get(i).pattern().matcher(name).matches()) {
        return named.get(i).level();
      }
    }
    return 0;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int end(String text, int from) {
    int at = from;
    while (isDigit(text, at)) {
      at++;
    }
    return at;
  }

  private static int number(String text, int from, int to) {
    int n = 0;
    for (int i = from; i < to; i++) {
      n = n * 10 + text.charAt(i) - '0';
    }
    return n;
  }

  /** Whether {@code category} is at {@code level} or above. */
  boolean on(int category, int level) {
    return levels[category] >= level;
  }

  /** How metasymbols and the like are shown. */
  TokenText.Style style() {
    if (on(84, 1)) {
      return on(84, 2) ? TokenText.Style.OCTAL : TokenText.Style.HEX;
    }
    return ansi ? TokenText.Style.REVERSE : TokenText.Style.PLAIN;
  }
}
