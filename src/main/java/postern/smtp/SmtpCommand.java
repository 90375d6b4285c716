package postern.smtp;

import java.util.Locale;

/**
 * A command line. Its characters are the octets that came (0 to 255), so that nothing is lost or
 * invented before somebody judged them.
 *
 * @param verb what is wanted
 * @param argument what follows the verb, without blanks at either end
 * @param line the whole line without its line end
 */
public record SmtpCommand(Verb verb, String argument, String line) {

  /** Reads a line. Never fails: what is no command has the verb {@link Verb#UNKNOWN}. */
  public static SmtpCommand parse(String line) {
    int from = 0;
    int end = line.length();
    while (from < end && blank(line.charAt(from))) {
      from++;
    }
    int to = from;
    while (to < end && !blank(line.charAt(to))) {
      to++;
    }
    Verb verb = Verb.at(line, from, to);
    while (to < end && blank(line.charAt(to))) {
      to++;
    }
    while (end > to && blank(line.charAt(end - 1))) {
      end--;
    }
    return new SmtpCommand(verb, line.substring(to, end), line);
  }

  /** Whether this is said by a client of HTTP or of a proxy: the first word, at its very place. */
  public boolean isHttp() {
    return switch (line.split("[ \t]", 2)[0].toUpperCase(Locale.ROOT)) {
      case "GET", "POST", "CONNECT", "USER" -> true;
      default -> false;
    };
  }

  /** White space as C's isspace() knows it: a CR in a command parts words, as in sendmail. */
  static boolean blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
