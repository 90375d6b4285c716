package postern.cf.mc;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import postern.cf.Spelling;

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
    return Spelling.suggestion(word, known);
  }
}
