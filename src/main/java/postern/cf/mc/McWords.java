package postern.cf.mc;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The words of the language: m4's that are understood, m4's that are not, and sendmail's. */
final class McWords {
  private McWords() {}

  /** m4's own that are understood, all with brackets. */
  static final Set<String> M4 =
      Set.of("define", "undefine", "ifdef", "ifelse", "include", "sinclude", "divert", "errprint");

  /** Those that do more than yield text. */
  static final Set<String> M4_EFFECTS =
      Set.of("define", "undefine", "include", "sinclude", "divert", "errprint");

  /** m4's own that are not: they compute, run programs or change the syntax. */
  static final Set<String> M4_REFUSED =
      Set.of(
          "builtin",
          "changecom",
          "changequote",
          "changeword",
          "debugfile",
          "debugmode",
          "decr",
          "defn",
          "dumpdef",
          "esyscmd",
          "eval",
          "incr",
          "indir",
          "m4exit",
          "m4wrap",
          "maketemp",
          "mkstemp",
          "patsubst",
          "popdef",
          "pushdef",
          "regexp",
          "substr",
          "syscmd",
          "traceoff",
          "traceon",
          "translit",
          "undivert");

  /** The sendmail words that take arguments. */
  static final Set<String> CALLS =
      Set.of(
          "CANONIFY_DOMAIN",
          "CANONIFY_DOMAIN_FILE",
          "CLIENT_OPTIONS",
          "DAEMON_OPTIONS",
          "DOMAIN",
          "EXPOSED_USER",
          "EXPOSED_USER_FILE",
          "FEATURE",
          "GENERICS_DOMAIN",
          "GENERICS_DOMAIN_FILE",
          "HACK",
          "INPUT_MAIL_FILTER",
          "LDAPROUTE_DOMAIN",
          "LDAPROUTE_DOMAIN_FILE",
          "LDAPROUTE_EQUIVALENT",
          "LDAPROUTE_EQUIVALENT_FILE",
          "LOCAL_DOMAIN",
          "LOCAL_USER",
          "LOCAL_USER_FILE",
          "MAILER",
          "MAIL_FILTER",
          "MASQUERADE_AS",
          "MASQUERADE_DOMAIN",
          "MASQUERADE_DOMAIN_FILE",
          "MASQUERADE_EXCEPTION",
          "MASQUERADE_EXCEPTION_FILE",
          "MODIFY_MAILER_FLAGS",
          "OSTYPE",
          "QUEUE_GROUP",
          "RELAY_DOMAIN",
          "RELAY_DOMAIN_FILE",
          "SITE",
          "SITECONFIG",
          "TRUST_AUTH_MECH",
          "UUCPSMTP",
          "VERSIONID",
          "VIRTUSER_DOMAIN",
          "VIRTUSER_DOMAIN_FILE");

  private static final Map<String, McBlock.Kind> BLOCKS = blocks();

  private static Map<String, McBlock.Kind> blocks() {
    Map<String, McBlock.Kind> blocks = new TreeMap<>();
    for (McBlock.Kind kind : McBlock.Kind.values()) {
      blocks.put(kind.name(), kind);
    }
    return blocks;
  }

  /** The block that a word without arguments opens, or null. */
  static McBlock.@Nullable Kind block(String word) {
    return BLOCKS.get(word);
  }

  /** Whether {@code word} does something when it is called. */
  static boolean callable(String word) {
    return M4.contains(word) || M4_REFUSED.contains(word) || CALLS.contains(word);
  }

  /** {@code " (FEATURE?)"} if {@code word} looks like a word mistyped, else nothing. */
  static String suggestion(String word) {
    Set<String> known = new TreeSet<>(CALLS);
    known.addAll(M4);
    known.addAll(BLOCKS.keySet());
    return suggestion(word, known);
  }

  /** {@code " (nearest?)"} if one of {@code known} is at most two slips away, else nothing. */
  static String suggestion(String word, Iterable<String> known) {
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
