package postern.policy;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What capability rule sets answer, read: letters of srv_features, lists of tls_*_features. */
final class FeatureLists {
  private static final Set<String> KEYS =
      Set.of(
          "options",
          "cipherlist",
          "ciphersuites",
          "certfile",
          "keyfile",
          "flags",
          "servername",
          "sts");

  private FeatureLists() {}

  /**
   * The features of a session from the words behind {@code $#}.
   *
   * @param asks whether clients are asked for a certificate unless a word says otherwise
   */
  static ServerFeatures server(String @Nullable [] given, boolean asks) {
    ServerFeatures d = ServerFeatures.DEFAULT;
    String[] words = given == null ? new String[0] : given;
    boolean auth = d.auth();
    boolean verb = d.verb();
    boolean dsn = d.dsn();
    boolean etrn = d.etrn();
    boolean requireAuth = d.requireAuth();
    ServerFeatures.PlainAuth plain = d.plainAuth();
    boolean pipelining = d.pipelining();
    boolean startTls = d.startTls();
    boolean certificate = asks;
    boolean expn = d.expn();
    boolean turns = d.strictTurns();
    boolean dot = d.strictDot();
    boolean http = d.httpAlwaysRejected();
    boolean utf8 = d.smtpUtf8();
    boolean slow = d.slowPipelining();
    StringBuilder letters = new StringBuilder();
    boolean temp = false;
    ServerFeatures.LineEnd lf = d.bareLf();
    ServerFeatures.LineEnd cr = d.bareCr();
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (word.isEmpty()) {
        continue;
      }
      if (i == 0 && word.toLowerCase(Locale.ROOT).startsWith("temp")) {
        temp = true;
        turns = false; // such a session has no features at all
        break;
      }
      char letter = word.charAt(0);
      boolean on = Character.isLowerCase(letter);
      if (on && word.length() > 1 && !hasVariant(word)) {
        continue; // sendmail's "unknown variant"
      }
      letters.append(letter == 'r' || letter == 'R' ? 'v' : Character.toLowerCase(letter));
      switch (Character.toLowerCase(letter)) {
        case 'a' -> auth = on;
        case 'b' -> verb = on;
        case 'c' ->
            plain = on ? ServerFeatures.PlainAuth.NEEDS_TLS : ServerFeatures.PlainAuth.ALLOWED;
        case 'd' -> dsn = on;
        case 'e' -> etrn = on;
        case 'f' -> turns = on;
        case 'g' -> lf = lineEnd(word);
        case 'u' -> cr = lineEnd(word);
        case 'h' -> http = on;
        case 'l' -> requireAuth = on;
        case 'o' -> dot = on;
        case 'p' -> pipelining = on;
        case 's' -> startTls = on;
        case 'v', 'r' -> certificate = on;
        case 'x' -> expn = on;
        case 'i' -> utf8 = on;
        case 'n' -> slow = on;
        default -> {
          // unknown letters are ignored as sendmail ignores them
        }
      }
    }
    return new ServerFeatures(
        auth,
        verb && expn,
        dsn,
        etrn,
        requireAuth,
        plain,
        pipelining && !slow,
        startTls,
        certificate,
        expn,
        turns,
        dot,
        lf,
        cr,
        http,
        utf8,
        slow,
        letters.toString(),
        temp);
  }

  /** Letters that are switched on have variants, but g2 and u2 are all there are. */
  private static boolean hasVariant(String word) {
    return (word.charAt(0) == 'g' || word.charAt(0) == 'u') && word.charAt(1) == '2';
  }

  private static ServerFeatures.LineEnd lineEnd(String word) {
    if (Character.isUpperCase(word.charAt(0))) {
      return ServerFeatures.LineEnd.ACCEPT;
    }
    return word.length() == 1 ? ServerFeatures.LineEnd.REFUSE : ServerFeatures.LineEnd.REPLACE;
  }

  /** A {@code Key=value; Key=value} list. */
  static TlsFeatures tls(String list) {
    String text = list.strip();
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      text = text.substring(1, text.length() - 1).strip();
    }
    if (text.length() < 2) {
      return TlsFeatures.NONE;
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (String part : text.split(";", -1)) {
      String item = part.strip();
      if (item.isEmpty()) {
        continue;
      }
      int equals = item.indexOf('=');
      if (equals <= 0) {
        return new TlsFeatures(false, Map.of(), "invalid_syntax, opt=" + item);
      }
      String key = item.substring(0, equals).strip();
      if (!KEYS.contains(key.toLowerCase(Locale.ROOT))) {
        return new TlsFeatures(false, Map.of(), "unknown_option, opt=" + key);
      }
      options.put(key.toLowerCase(Locale.ROOT), item.substring(equals + 1).strip());
    }
    if (options.containsKey("certfile") != options.containsKey("keyfile")) {
      return new TlsFeatures(false, Map.of(), "only_one_of_CertFile/KeyFile_specified");
    }
    return new TlsFeatures(true, options, "");
  }
}
