package postern.cf;

import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Options whose values are words of a list: which words there are, and what is said of others. */
final class OptionWords {
  private static final String SPACE = " \t\n\u000b\f\r";
  private static final Set<String> PRIVACY =
      Set.of(
          ("public needmailhelo needexpnhelo needvrfyhelo noexpn novrfy restrictexpand restrictmailq"
                  + " restrictqrun noetrn noverb authwarnings noreceipts nobodyreturn goaway"
                  + " noactualrecipient")
              .split(" ", -1));
  private static final Set<String> BLAME =
      Set.of(
          ("safe assumesafechown groupwritabledirpathsafe groupwritableforwardfilesafe"
                  + " groupwritableincludefilesafe groupwritablealiasfile worldwritablealiasfile"
                  + " forwardfileinunsafedirpath mapinunsafedirpath linkedaliasfileinwritabledir"
                  + " linkedclassfileinwritabledir linkedforwardfileinwritabledir"
                  + " linkedincludefileinwritabledir linkedmapinwritabledir"
                  + " linkedserviceswitchfileinwritabledir filedeliverytohardlink"
                  + " filedeliverytosymlink writemaptohardlink writemaptosymlink"
                  + " writestatstohardlink writestatstosymlink forwardfileingroupwritabledirpath"
                  + " includefileingroupwritabledirpath classfileinunsafedirpath"
                  + " errorheaderinunsafedirpath helpfileinunsafedirpath"
                  + " forwardfileinunsafedirpathsafe includefileinunsafedirpathsafe"
                  + " runprograminunsafedirpath runwritableprogram includefileinunsafedirpath"
                  + " nonrootsafeaddr truststickybit dontwarnforwardfileinunsafedirpath"
                  + " insufficiententropy groupreadablesasldbfile groupwritablesasldbfile"
                  + " groupwritableforwardfile groupwritableincludefile worldwritableforwardfile"
                  + " worldwritableincludefile groupreadablekeyfile"
                  + " groupreadabledefaultauthinfofile")
              .split(" ", -1));
  private static final Set<String> RESOLVER =
      Set.of(
          ("debug aaonly usevc primary igntc recurse defnames stayopen dnsrch use_edns0 use_dnssec"
                  + " trustad true haswildcardmx workaroundbrokenaaaa")
              .split(" ", -1));
  private static final Set<String> SSL =
      Set.of(
          ("MICROSOFT_SESS_ID_BUG NETSCAPE_CHALLENGE_BUG LEGACY_SERVER_CONNECT"
                  + " NETSCAPE_REUSE_CIPHER_CHANGE_BUG SSLREF2_REUSE_CERT_TYPE_BUG"
                  + " MICROSOFT_BIG_SSLV3_BUFFER MSIE_SSLV2_RSA_PADDING SSLEAY_080_CLIENT_DH_BUG"
                  + " TLS_D5_BUG TLS_BLOCK_PADDING_BUG DONT_INSERT_EMPTY_FRAGMENTS ALL NO_QUERY_MTU"
                  + " COOKIE_EXCHANGE NO_TICKET CISCO_ANYCONNECT"
                  + " NO_SESSION_RESUMPTION_ON_RENEGOTIATION NO_COMPRESSION"
                  + " ALLOW_UNSAFE_LEGACY_RENEGOTIATION SINGLE_ECDH_USE SINGLE_DH_USE"
                  + " EPHEMERAL_RSA CIPHER_SERVER_PREFERENCE TLS_ROLLBACK_BUG NO_SSLv2 NO_SSLv3"
                  + " NO_TLSv1 NO_TLSv1_3 NO_TLSv1_2 NO_TLSv1_1 PKCS1_CHECK_1 PKCS1_CHECK_2"
                  + " NETSCAPE_CA_DN_BUG NETSCAPE_DEMO_CIPHER_CHANGE_BUG CRYPTOPRO_TLSEXT_BUG"
                  + " TLSEXT_PADDING NO_RENEGOTIATION NO_ANTI_REPLAY ALLOW_NO_DHE_KEX"
                  + " NO_ENCRYPT_THEN_MAC ENABLE_MIDDLEBOX_COMPAT PRIORITIZE_CHACHA")
              .toUpperCase(Locale.ROOT)
              .split(" ", -1));

  private final Consumer<String> bad;
  private final Consumer<String> note;

  /**
   * A checker.
   *
   * @param bad told of what is an error
   * @param note told of what is passed over
   */
  OptionWords(Consumer<String> bad, Consumer<String> note) {
    this.bad = bad;
    this.note = note;
  }

  /** {@code PrivacyOptions}. */
  void privacy(String value) {
    names(value, PRIVACY, "readcf: Op line: ");
  }

  /** {@code DontBlameSendmail}. */
  void blame(String value) {
    names(value, BLAME, "readcf: DontBlameSendmail option: ");
  }

  /** Words of letters and digits; punctuation and blanks separate. */
  private void names(String value, Set<String> known, String complaint) {
    int at = 0;
    while (true) {
      while (at < value.length() && isSeparator(value.charAt(at))) {
        at++;
      }
      if (at >= value.length()) {
        return;
      }
      int end = at;
      while (end < value.length() && isAlphanumeric(value.charAt(end))) {
        end++;
      }
      String word = value.substring(at, end);
      if (!known.contains(word.toLowerCase(Locale.ROOT))) {
        bad.accept(complaint + word + " unrecognized");
      }
      at = Math.min(value.length(), end + 1);
    }
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isSeparator(char c) {
    return (c >= '\t' && c <= '\r') || (c >= ' ' && c < 0x7f && !isAlphanumeric(c));
  }

  /** {@code ResolverOptions}. */
  void resolver(String value) {
    for (String word : value.split("[ \t\n\u000b\f\r]+", -1)) {
      String name = word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word;
      if (!word.isEmpty() && !RESOLVER.contains(name.toLowerCase(Locale.ROOT))) {
        bad.accept("readcf: I option value " + name + " unrecognized");
      }
    }
  }

  /** {@code ServerSSLOptions} and {@code ClientSSLOptions}. */
  void ssl(String option, String value) {
    int at = 0;
    while ((at = skipSpace(value, at)) < value.length()) {
      int end = at;
      while (end < value.length() && (SPACE + ",").indexOf(value.charAt(end)) < 0) {
        end++;
      }
      String word = value.substring(at, end);
      at = end + 1; // one separator: another comma is the end of a word of no letters
      String name = word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word;
      if (OptionValues.isDigit(name)) {
        continue;
      }
      String upper = name.toUpperCase(Locale.ROOT);
      if (!upper.startsWith("SSL_OP_") || !SSL.contains(upper.substring(7))) {
        bad.accept("readcf: " + option + " option value " + name + " unrecognized");
      }
    }
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && SPACE.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  /** Single letters at the beginning of words. */
  void letters(String option, String value, String known) {
    int at = 0;
    while (at < value.length()) {
      char c = value.charAt(at);
      if ((known + " \t,").indexOf(c) < 0) {
        note.accept(
            "Warning: Option: "
                + option
                + " unknown parameter '"
                + (c >= ' ' && c < 0x7f ? c : '?')
                + "'");
      }
      at++;
      while (at < value.length() && ", \t".indexOf(value.charAt(at)) < 0) {
        at++;
      }
      at++;
    }
  }
}
