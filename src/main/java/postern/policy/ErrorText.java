package postern.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code $#error} says, taken apart by sendmail's rules: the reply code and the enhanced
 * code come from the text if it has them; the host part gives the exit status.
 *
 * @param code SMTP reply code
 * @param enhanced enhanced code of the reply
 * @param text the rest of the text, quotes stripped
 * @param exitStatus what {@code $@} means as an exit status, 0 if nothing is to be set
 * @param fault whether this is a fault of the rule sets and not a refusal by them
 */
public record ErrorText(int code, String enhanced, String text, int exitStatus, boolean fault) {

  private static final Map<String, Integer> WORDS =
      Map.of(
          "usage",
          64,
          "nouser",
          67,
          "nohost",
          68,
          "unavailable",
          69,
          "software",
          70,
          "tempfail",
          75,
          "protocol",
          76,
          "config",
          78);

  /**
   * Reads an error triple.
   *
   * @param user user part, quotes included
   * @param host host part, or null if there is none
   */
  public static ErrorText of(String user, @Nullable String host) {
    int status = host == null ? 69 : exitStatus(host);
    String text = stripQuotes(user);
    if (isCode(text)) {
      int code = Integer.parseInt(text.substring(0, 3));
      String rest = text.substring(4);
      int length = enhancedLength(rest, ' ');
      if (length > 0) {
        return new ErrorText(
            code,
            rest.substring(0, length),
            rest.substring(Math.min(rest.length(), length + 1)),
            status,
            false);
      }
      String enhanced =
          host != null && enhancedLength(host, (char) 0) > 0 ? host : defaultEnhanced(code);
      // The class of an enhanced code follows the reply code unless the rule says otherwise.
      return new ErrorText(code, enhanced, rest, status, false);
    }
    return new ErrorText(553, "5.3.0", text, status, false);
  }

  private static String defaultEnhanced(int code) {
    return "245".indexOf('0' + code / 100) >= 0 ? code / 100 + ".0.0" : "";
  }

  private static boolean isCode(String text) {
    return text.length() > 3
        && text.charAt(3) == ' '
        && text.charAt(0) >= '0'
        && text.charAt(0) <= '9'
        && text.charAt(1) >= '0'
        && text.charAt(1) <= '9'
        && text.charAt(2) >= '0'
        && text.charAt(2) <= '9';
  }

  /** Length of an enhanced code at the start of {@code text} that ends at {@code end}; else 0. */
  static int enhancedLength(String text, char end) {
    if (text.isEmpty() || "245".indexOf(text.charAt(0)) < 0 || !text.startsWith(".", 1)) {
      return 0;
    }
    int i = 2;
    for (int part = 0; part < 2; part++) {
      int start = i;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9' && i - start < 3) {
        i++;
      }
      if (i == start) {
        return 0;
      }
      if (part == 0) {
        if (i >= text.length() || text.charAt(i) != '.') {
          return 0;
        }
        i++;
      }
    }
    boolean ends = end == 0 ? i == text.length() : i < text.length() && text.charAt(i) == end;
    return ends ? i : 0;
  }

  /** The exit status that a host part stands for. */
  static int exitStatus(String host) {
    if (host.indexOf('.') >= 0) {
      return fromEnhanced(host);
    }
    if (!host.isEmpty() && host.charAt(0) >= '0' && host.charAt(0) <= '9') {
      int n = 0;
      for (int i = 0;
          i < host.length() && host.charAt(i) >= '0' && host.charAt(i) <= '9' && i < 6;
          i++) {
        n = n * 10 + host.charAt(i) - '0';
      }
      return n;
    }
    return WORDS.getOrDefault(Resolver.lower(host), 69);
  }

  private static int fromEnhanced(String code) {
    String[] part = code.split("\\.", -1);
    String subject = part.length > 1 ? part[1] : "";
    String detail = part.length > 2 ? part[2] : "";
    if (part[0].equals("4")) {
      return 75;
    }
    if (part[0].equals("2")) {
      return 0;
    }
    if (!part[0].equals("5")) {
      return 78;
    }
    return switch (subject) {
      case "1" ->
          switch (detail) {
            case "0" -> 65;
            case "1", "6" -> 67;
            case "2", "8" -> 68;
            case "3", "7" -> 64;
            case "5" -> 78;
            default -> 69;
          };
      case "2" -> detail.equals("3") ? 65 : 69;
      case "3" -> 71;
      case "4" ->
          switch (detail) {
            case "0", "2" -> 74;
            case "1", "3", "5" -> 75;
            case "4" -> 76;
            case "6" -> 78;
            default -> 69;
          };
      case "5" -> 76;
      case "7" -> 65;
      default -> 69;
    };
  }

  /** Whether sendmail puts {@code address... } in front of the text for this reply code. */
  public static boolean showsAddress(int code) {
    return switch (code) {
      case 50, 250, 252, 450, 550, 553 -> true;
      default -> false;
    };
  }

  /** The text without double quotes; {@code \c} becomes {@code c}. */
  public static String stripQuotes(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        if (i < text.length()) {
          out.append(text.charAt(i));
        }
      } else if (c != '"') {
        out.append(c);
      }
    }
    return out.toString();
  }
}
