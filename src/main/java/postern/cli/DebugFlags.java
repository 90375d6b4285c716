package postern.cli;

/** sendmail's {@code -d} flags: categories 0 to 99 with a level each. */
final class DebugFlags {
  private static final int CATEGORIES = 100;

  private final int[] levels = new int[CATEGORIES];

  /** Sets flags from {@code 21.12,60.5} or {@code 21-22.3}; nothing at all means {@code 0-99.1}. */
  void set(String text) {
    if (text.isEmpty()) {
      java.util.Arrays.fill(levels, 1);
      return;
    }
    for (String part : text.split(",")) {
      int[] at = {0};
      int first = number(part, at);
      if (at[0] == 0) {
        continue;
      }
      int last = first;
      if (at[0] < part.length() && part.charAt(at[0]) == '-') {
        at[0]++;
        last = number(part, at);
      }
      int level = 1;
      if (at[0] < part.length() && part.charAt(at[0]) == '.') {
        at[0]++;
        level = number(part, at);
      }
      for (int i = Math.max(0, first); i <= last && i < CATEGORIES; i++) {
        levels[i] = level;
      }
    }
  }

  private static int number(String text, int[] at) {
    int n = 0;
    while (at[0] < text.length() && Character.isDigit(text.charAt(at[0]))) {
      n = Math.min(1_000_000, n * 10 + text.charAt(at[0]++) - '0');
    }
    return n;
  }

  /** Whether {@code category} is at {@code level} or above. */
  boolean on(int category, int level) {
    return levels[category] >= level;
  }
}
