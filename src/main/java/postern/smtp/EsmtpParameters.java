package postern.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parameters behind the path of MAIL and RCPT (RFC 5321 section 4.1.2, esmtp-param). */
final class EsmtpParameters {
  /** sendmail takes 17. */
  private static final int MOST = 17;

  private EsmtpParameters() {}

  /**
   * One parameter.
   *
   * @param keyword as given
   * @param value null if there is no {@code =}
   */
  record Parameter(String keyword, @Nullable String value) {
    String name() {
      return keyword.toUpperCase(Locale.ROOT);
    }
  }

  static Parsed<List<Parameter>> parse(String text) {
    List<Parameter> parameters = new ArrayList<>(4);
    int at = SmtpPath.skipBlanks(text, 0);
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !SmtpCommand.blank(text.charAt(end))) {
        end++;
      }
      String word = text.substring(at, end);
      int equals = word.indexOf('=');
      String keyword = equals < 0 ? word : word.substring(0, equals);
      String value = equals < 0 ? null : word.substring(equals + 1);
      if (!isKeyword(keyword)) {
        return unrecognized(keyword);
      }
      if (value != null && !isValue(value)) {
        return Parsed.bad(
            501,
            "5.5.4",
            "Syntax error in " + keyword.toUpperCase(Locale.ROOT) + " parameter value");
      }
      parameters.add(new Parameter(keyword, value));
      if (parameters.size() > MOST) {
        return Parsed.bad(501, "5.5.4", "Too many parameters");
      }
      at = SmtpPath.skipBlanks(text, end);
    }
    return new Parsed.Good<>(parameters);
  }

  static <T> Parsed<T> unrecognized(String keyword) {
    return Parsed.bad(555, "5.5.4", Echo.shorten(keyword) + " parameter unrecognized");
  }

  static <T> Parsed<T> noValue(String what) {
    return Parsed.bad(501, "5.5.2", what + " requires a value");
  }

  static <T> Parsed<T> duplicate(String name) {
    return Parsed.bad(501, "5.5.0", "Duplicate " + name + " parameter");
  }

  static <T> Parsed<T> badValue(String name) {
    return Parsed.bad(501, "5.5.4", "Syntax error in " + name + " parameter value");
  }

  static <T> Parsed<T> noDsn(String name) {
    return Parsed.bad(504, "5.7.0", "Sorry, " + name + " not supported, we do not allow DSN");
  }

  private static boolean isKeyword(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Echo.isLetterOrDigit(c) && c != '-') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 127 || c == '=') {
        return false;
      }
    }
    return true;
  }
}
