package postern.cf;

import java.util.Locale;

/** What somebody may have meant who mistyped a word. */
public final class Spelling {
  private Spelling() {}

  /** {@code " (nearest?)"} if one of {@code known} is at most two slips away, else nothing. */
  public static String suggestion(String word, Iterable<String> known) {
    String nearest = "";
    int least = Math.min(2, word.length() / 3) + 1;
    for (String candidate : known) {
      int slips = distance(word.toUpperCase(Locale.ROOT), candidate.toUpperCase(Locale.ROOT));
      if (slips < least) {
        least = slips;
        nearest = candidate;
      }
    }
    return nearest.isEmpty() ? "" : " (" + nearest + "?)";
  }

  /** Letters to insert, delete, replace or swap with the next one. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 2) {
      return 3;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int differs = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(cost[i - 1][j - 1] + differs, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
