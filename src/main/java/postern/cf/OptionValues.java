package postern.cf;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.MapTable;
import postern.source.Diagnostic.Code;

/** What an option's value may be, and what is said when it is not. */
final class OptionValues {
  private static final Set<String> MILTER =
      Set.of(
          ("loglevel maxdatasize macros.connect macros.helo macros.envfrom macros.envrcpt"
                  + " macros.data macros.eom macros.eoh")
              .split(" ", -1));
  private static final Set<String> RECIPIENT_ACTIONS =
      Set.of("none", "add-to", "add-apparently-to", "add-bcc", "add-to-undisclosed");
  private static final Set<String> ALIAS_CLASSES =
      Set.of(
          "hash",
          "btree",
          "text",
          "stab",
          "implicit",
          "program",
          "sequence",
          "switch",
          "null",
          "nis",
          "nisplus",
          "ldap",
          "socket");
  private static final int MANY_QUOTE_CHARACTERS = 40;
  private static final int SHORT_HEADERS = 16384;

  private final Compiler in;
  private final OptionWords words;
  private final PortValues ports;
  private int aliasFiles;

  OptionValues(Compiler in) {
    this.in = in;
    words = new OptionWords(this::bad, this::note);
    ports = new PortValues(this::bad, in::isTestMode);
  }

  void set(Option option, String value) {
    if (option.kind() == Option.Kind.WORDS || option.kind() == Option.Kind.STRUCTURED) {
      check(option.name(), value);
      in.options.add(option.name(), value);
      return;
    }
    switch (option.kind()) {
      case DAYS, HOURS, MINUTES, SECONDS, WEEKS -> in.checkTime(value, option.kind());
      default -> check(option.name(), value);
    }
    in.options.put(option.name(), cooked(option, value));
    if (option.name().equals("OperatorChars")) {
      in.operatorsSet = true;
    }
  }

  private String cooked(Option option, String value) {
    return switch (option.kind()) {
      case EXPANDED -> in.expand(value);
      case MUNCHED -> Munch.take(value, 0, (char) 0).text();
      default -> value;
    };
  }

  private void check(String name, String value) {
    switch (name) {
      case "EightBitMode" -> {
        if (value.isEmpty() || "pms".indexOf(value.charAt(0)) < 0) {
          in.fatal(
              Code.FATAL_OPTION, "Unknown 8-bit mode " + (value.isEmpty() ? "" : value.charAt(0)));
        }
      }
      case "DeliveryMode" -> {
        if (!value.isEmpty() && "ibqd".indexOf(value.charAt(0)) < 0) {
          in.fatal(Code.FATAL_OPTION, "Unknown delivery mode " + value.charAt(0));
        }
        in.macros.set(in.names.id("deliveryMode"), value.isEmpty() ? "i" : value.substring(0, 1));
      }
      case "PrivacyOptions" -> words.privacy(value);
      case "DontBlameSendmail" -> words.blame(value);
      case "ResolverOptions" -> words.resolver(value);
      case "ServerSSLOptions", "ClientSSLOptions" -> words.ssl(name, value);
      case "TLSSrvOptions" -> words.letters(name, value, "VC");
      case "AuthOptions" -> words.letters(name, value, "Aacdfmpy");
      case "QueueSortOrder" -> {
        if (value.isEmpty() || "fhmptrsn".indexOf(lower(value).charAt(0)) < 0) {
          bad("Invalid queue sort order \"" + value + "\"");
        }
      }
      case "NoRecipientAction" -> {
        if (!RECIPIENT_ACTIONS.contains(lower(value))) {
          bad("Invalid NoRecipientAction: " + value);
        }
      }
      case "DefaultUser" -> defaultUser(value);
      case "RunAsUser" -> runAsUser(value);
      case "TrustedUser" -> {
        if (!isDigit(value) && Accounts.user(value) == null) {
          bad("readcf: option TrustedUser: unknown user " + value);
        }
      }
      case "ConnectOnlyTo" -> connectOnlyTo(value);
      case "MaxMimeHeaderLength" -> mimeLengths(value);
      case "MaxHeadersLength" -> {
        long length = Options.atol(value);
        if (length > 0 && length < SHORT_HEADERS) {
          note("Warning: MaxHeadersLength: headers length limit set lower than " + SHORT_HEADERS);
        }
      }
      case "MustQuoteChars" -> {
        if (value.length() >= MANY_QUOTE_CHARACTERS) {
          note("Warning: MustQuoteChars too long, ignored.");
        }
      }
      case "OperatorChars" -> {
        if (in.operatorsSet || in.rules().settled()) {
          note(
              "Warning: OperatorChars is being redefined.\n"
                  + "         It should only be set before ruleset definitions.");
        }
      }
      case "SmtpUTF8" -> {
        if (in.isTestMode()) { // a gateway has what Debian's sendmail lacks
          if (Options.isTrue(value)) {
            bad("readcf: option: SmtpUTF8 set but no USE_EAI support");
          } else {
            note("Warning: Option: SmtpUTF8 requires USE_EAI support");
          }
        }
      }
      case "AliasFile" -> aliases(value);
      case "DaemonPortOptions" -> ports.daemon(value);
      case "ClientPortOptions" -> ports.client(value);
      default -> {}
    }
  }

  private void bad(String message) {
    in.error(Code.BAD_OPTION_VALUE, Compiler.shown(message));
  }

  private void note(String message) {
    in.notice(Code.OPTION_IGNORED, message);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static boolean isDigit(String text) {
    return !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
  }

  private void defaultUser(String value) {
    int end = firstOf(value, "./:");
    String user = value.substring(0, end);
    if (!isDigit(value) && Accounts.user(user) == null) {
      bad("readcf: option u: unknown user " + user);
    } else if (end + 1 < value.length()) {
      defaultGroup(value.substring(end + 1), 'u');
    }
  }

  void defaultGroup(String value, char letter) {
    if (!isDigit(value) && Accounts.group(value) == null) {
      bad("readcf: option " + letter + ": unknown group " + value);
    }
  }

  private void runAsUser(String value) {
    int end = firstOf(value, "./:");
    String user = value.substring(0, end);
    if (!isDigit(value) && Accounts.user(user) == null) {
      bad("readcf: option RunAsUser: unknown user " + user);
      return;
    }
    String group = end + 1 < value.length() ? value.substring(end + 1) : "";
    if (!group.isEmpty() && !isDigit(group) && Accounts.group(group) == null) {
      bad("readcf: option RunAsUser: unknown group " + group);
    }
  }

  private static int firstOf(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private void connectOnlyTo(String value) {
    int at = value.indexOf('@');
    if (at >= 0 && Options.atol(value.substring(0, at)) > 0xffff) {
      bad("readcf: option ConnectOnlyTo: invalid port " + value.substring(0, at));
      return;
    }
    String address = value.substring(at + 1);
    if (!AddressText.isFour(address) && !AddressText.isSix(address)) {
      bad("readcf: option ConnectOnlyTo: invalid IP address " + address);
    }
  }

  private void mimeLengths(String value) {
    int slash = value.indexOf('/');
    long header = Options.atol(slash < 0 ? value : value.substring(0, slash));
    String second = slash < 0 ? "" : value.substring(slash + 1);
    long field = second.isEmpty() ? header / 2 : Options.atol(second);
    if (header > 0 && header < 128) {
      note("Warning: MaxMimeHeaderLength: header length limit set lower than 128");
    }
    if (field > 0 && field < 40) {
      note("Warning: MaxMimeHeaderLength: field length limit set lower than 40");
    }
  }

  /** {@code [class:]file[,...]}; commas in quotes are part of the file. */
  private void aliases(String value) {
    int at = 0;
    while ((at = skipSpace(value, at)) < value.length()) {
      int end = at;
      while (end < value.length() && " ,/:".indexOf(value.charAt(end)) < 0) {
        end++;
      }
      String kind = "implicit";
      if (end < value.length() && value.charAt(end) == ':') {
        kind = value.substring(at, end);
        at = ++end;
      }
      boolean quoted = false;
      for (; end < value.length() && (quoted || value.charAt(end) != ','); end++) {
        quoted ^= value.charAt(end) == '"';
      }
      alias(kind, value.substring(at, end));
      at = end + 1;
    }
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && " \t\n\u000b\f\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private void alias(String shownKind, String arguments) {
    String kind = lower(shownKind);
    if (ALIAS_CLASSES.contains(kind)) {
      if (in.maps.readsAliases("Alias" + aliasFiles, kind, arguments, in.mapProblems)) {
        aliasFiles++;
      }
    } else if (kind.equals("userdb") || MapTable.isClass(kind)) {
      bad("setalias: map class " + shownKind + " can't handle aliases");
    } else {
      bad("setalias: unknown alias class " + shownKind);
    }
  }

  /** {@code Milter.*}. */
  void milter(@Nullable String sub, String value) {
    if (sub == null) {
      bad("milter_set_option: invalid Milter option, must specify suboption");
    } else if (MILTER.contains(lower(sub))) {
      in.options.put("Milter." + sub, value);
    } else {
      bad("milter_set_option: invalid Milter option " + sub);
    }
  }
}
