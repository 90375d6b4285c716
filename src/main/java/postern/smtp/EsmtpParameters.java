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
   * @param fault what is wrong with what follows it, to be said if the parameter itself is fine
   */
  record Parameter(String keyword, @Nullable String value, @Nullable SmtpReply fault) {
    String name() {
      return keyword.toUpperCase(Locale.ROOT);
    }
  }

  /**
   * Splits {@code text} as sendmail does: a keyword ends at what is neither letter, digit nor
   * hyphen, a value at a second {@code =} or a control character. Whatever is behind such an end
   * stands for a keyword that nobody knows.
   */
  static List<Parameter> parse(String text) {
    List<Parameter> parameters = new ArrayList<>(4);
    int at = SmtpPath.skipBlanks(text, 0);
    while (at < text.length()) {
      int end = endOfKeyword(text, at);
      String keyword = text.substring(at, end);
      String value = null;
      if (end < text.length() && text.charAt(end) == '=') {
        int from = ++end;
        while (end < text.length() && inValue(text.charAt(end))) {
          end++;
        }
        value = text.substring(from, end);
      }
      SmtpReply fault = null;
      if (parameters.size() == MOST) {
        fault = SmtpReply.of(501, "5.5.4", "Too many parameters");
      } else if (end < text.length() && !SmtpCommand.blank(text.charAt(end))) {
        int next = SmtpPath.skipBlanks(text, end + 1);
        Parsed.Bad<Parameter> bad =
            next == text.length()
                ? badValue(keyword.toUpperCase(Locale.ROOT))
                : unrecognized(text.substring(next, endOfKeyword(text, next)));
        fault = bad.reply();
      }
      parameters.add(new Parameter(keyword, value, fault));
      if (fault != null) {
        break;
      }
      at = SmtpPath.skipBlanks(text, end);
    }
    return parameters;
  }

  private static int endOfKeyword(String text, int from) {
    int end = from;
    while (end < text.length()
        && (Echo.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '-')) {
      end++;
    }
    return end;
  }

  private static boolean inValue(char c) {
    return c > ' ' && c != 127 && c != '=';
  }

  static <T> Parsed.Bad<T> unrecognized(String keyword) {
    return new Parsed.Bad<>(
        SmtpReply.of(555, "5.5.4", Echo.shorten(keyword) + " parameter unrecognized"));
  }

  static <T> Parsed<T> noValue(String what) {
    return Parsed.bad(501, "5.5.2", what + " requires a value");
  }

  static <T> Parsed<T> duplicate(String name) {
    return Parsed.bad(501, "5.5.0", "Duplicate " + name + " parameter");
  }

  static <T> Parsed.Bad<T> badValue(String name) {
    return new Parsed.Bad<>(
        SmtpReply.of(501, "5.5.4", "Syntax error in " + name + " parameter value"));
  }

  static <T> Parsed<T> noDsn(String name) {
    return Parsed.bad(504, "5.7.0", "Sorry, " + name + " not supported, we do not allow DSN");
  }
}
