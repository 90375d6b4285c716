package postern.policy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who we are towards a peer that offers AUTH: what {@code AuthInfo:} of the access map, or {@code
 * DefaultAuthInfo}, says. The password is never shown.
 *
 * @param temporary a map could not tell now
 * @param user {@code U:}, the identity to act as; empty if not given
 * @param id {@code I:}, the identity that is proved
 * @param password {@code P:}
 * @param realm {@code R:}, or empty
 * @param mechanisms {@code M:}, upper case; empty if not given
 */
public record AuthInfo(
    boolean temporary,
    String user,
    String id,
    String password,
    String realm,
    List<String> mechanisms) {

  /** No AUTH with this peer. */
  public static final AuthInfo NONE = new AuthInfo(false, "", "", "", "", List.of());

  /** Could not be told now. */
  public static final AuthInfo TEMPORARY = new AuthInfo(true, "", "", "", "", List.of());

  public AuthInfo {
    mechanisms = List.copyOf(mechanisms);
  }

  /** Whether AUTH is to be tried. */
  public boolean given() {
    return !user.isEmpty() || !id.isEmpty() || !mechanisms.isEmpty();
  }

  /**
   * Reads the words behind {@code $#}: {@code "U:user" "I:id" "P:secret" "R:realm" "M:PLAIN
   * LOGIN"}; {@code =} instead of the colon announces base64. Words that are none of these are
   * passed over.
   */
  static AuthInfo of(String @Nullable [] words) {
    if (words == null || words.length == 0) {
      return NONE;
    }
    if (words[0].toLowerCase(Locale.ROOT).startsWith("temp")) {
      return TEMPORARY;
    }
    String user = "";
    String id = "";
    String password = "";
    String realm = "";
    List<String> mechanisms = List.of();
    for (String word : words) {
      String item = unquoted(word);
      if (item.length() < 3 || (item.charAt(1) != ':' && item.charAt(1) != '=')) {
        continue;
      }
      String value = item.charAt(1) == ':' ? item.substring(2) : decoded(item.substring(2));
      switch (item.charAt(0)) {
        case 'U', 'u' -> user = value;
        case 'I', 'i' -> id = value;
        case 'P', 'p' -> password = value;
        case 'R', 'r' -> realm = value;
        case 'M', 'm' -> mechanisms = words(value);
        default -> {
          // not ours
        }
      }
    }
    return new AuthInfo(false, user, id.isEmpty() ? user : id, password, realm, mechanisms);
  }

  /** The lines of a {@code DefaultAuthInfo} file: user, id, password, realm, mechanisms. */
  static AuthInfo ofLines(List<String> lines) {
    String[] field = new String[5];
    for (int i = 0; i < field.length; i++) {
      field[i] = i < lines.size() ? lines.get(i).strip() : "";
    }
    return new AuthInfo(
        false,
        field[0],
        field[1].isEmpty() ? field[0] : field[1],
        field[2],
        field[3],
        words(field[4]));
  }

  private static List<String> words(String text) {
    return text.isBlank()
        ? List.of()
        : List.of(text.strip().toUpperCase(Locale.ROOT).split("[ ,\t]+"));
  }

  private static String unquoted(String word) {
    int end = word.length();
    return end > 1 && word.charAt(0) == '"' && word.charAt(end - 1) == '"'
        ? word.substring(1, end - 1)
        : word;
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return "AuthInfo[user=" + user + ", id=" + id + ", mechanisms=" + mechanisms + "]";
  }
}
