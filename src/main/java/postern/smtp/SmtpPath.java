package postern.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path of MAIL or RCPT (RFC 5321 section 4.1.2), split from the parameters behind it.
 *
 * <p>Refused: control characters, 8-bit octets (unless they are UTF-8 and SMTPUTF8 is on), blanks
 * outside quotes, quotes or brackets that do not pair, text glued to the closing bracket. Objected
 * to, whatever the rule sets say: what can be no mailbox, for an empty local part or domain, two at
 * signs, empty labels. Accepted as sendmail does: a path without brackets, blanks before it, and
 * source routes. The rest is for the rule sets to judge.
 *
 * @param given the path as it came, brackets included
 * @param address without brackets and source route; empty for the null path
 * @param parameters what follows, without blanks at either end
 * @param objection the refusal if the rule sets, who are to be asked first, have none of their own;
 *     null if there is nothing to object to
 */
public record SmtpPath(
    String given, String address, String parameters, @Nullable SmtpReply objection) {
  /** RFC 5321 section 4.5.3.1.3, and sendmail's MAXNAME. */
  private static final int MAX_ADDRESS = 256;

  private static final String SYNTAX = "Syntax error";

  /**
   * Reads the argument of MAIL or RCPT.
   *
   * @param word {@code FROM} or {@code TO}
   * @param utf8 whether octets above 126 may occur in the path
   */
  public static Parsed<SmtpPath> parse(String word, String argument, boolean utf8) {
    int colon = 0;
    while (colon < argument.length()
        && argument.charAt(colon) != ':'
        && !SmtpCommand.blank(argument.charAt(colon))) {
      colon++;
    }
    String first = argument.substring(0, colon);
    int from = skipBlanks(argument, colon);
    if (from < argument.length() && argument.charAt(from) == ':') {
      from = skipBlanks(argument, from + 1);
    } else {
      from = argument.length();
    }
    if (from == argument.length() || !equalsIgnoreAsciiCase(first, word)) {
      return scanning(first);
    }
    return new Reader(argument, from, utf8, word.equals("FROM")).read();
  }

  /** Whether this is {@code <>}. */
  public boolean isNull() {
    return address.isEmpty();
  }

  static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && SmtpCommand.blank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static boolean equalsIgnoreAsciiCase(String a, String b) {
    if (a.length() != b.length()) {
      return false;
    }
    for (int i = 0; i < a.length(); i++) {
      if (upper(a.charAt(i)) != upper(b.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
  }

  private static <T> Parsed<T> scanning(String text) {
    return Parsed.bad(
        501, "5.5.2", "Syntax error in parameters scanning \"" + Echo.shorten(text) + "\"");
  }

  /** One reading of one path. */
  private static final class Reader {
    private final String text;
    private final int from;
    private final boolean utf8;
    private final boolean sender;
    private int end;

    Reader(String text, int from, boolean utf8, boolean sender) {
      this.text = text;
      this.from = from;
      this.utf8 = utf8;
      this.sender = sender;
    }

    Parsed<SmtpPath> read() {
      boolean bracketed = text.charAt(from) == '<';
      String odd = findEnd(bracketed);
      String given = text.substring(from, end);
      boolean paired = bracketed && given.endsWith(">");
      String strange = strangeOctets(given, paired);
      if (!strange.isEmpty()) {
        return Parsed.bad(501, sender ? "5.1.7" : "5.1.3", strange);
      }
      if (!odd.isEmpty()) {
        String enhanced = odd.equals(SYNTAX) ? sender ? "5.1.7" : "5.1.3" : "5.0.0";
        return new Parsed.Bad<>(refusal(enhanced, given, odd));
      }
      if (end < text.length() && !SmtpCommand.blank(text.charAt(end))) {
        return scanning(text.substring(end));
      }
      String address = bracketed ? given.substring(1, given.length() - 1) : given;
      if (blankOutsideQuotes(address)) {
        return Parsed.bad(
            501, "5.1.7", "Syntax error in mailbox address \"" + Echo.shorten(given) + "\"");
      }
      String parameters = text.substring(skipBlanks(text, end));
      if (address.isEmpty()) {
        return sender
            ? new Parsed.Good<>(new SmtpPath(given, "", parameters, null))
            : new Parsed.Bad<>(refusal("5.0.0", given, "User address required"));
      }
      String plain = withoutRoute(address);
      return new Parsed.Good<>(new SmtpPath(given, plain, parameters, judge(given, plain)));
    }

    private static String withoutRoute(String address) {
      return address.charAt(0) == '@' ? address.substring(address.indexOf(':') + 1) : address;
    }

    private @Nullable SmtpReply judge(String given, String address) {
      if (address.length() > MAX_ADDRESS) {
        return refusal(sender ? "5.1.0" : "5.1.1", given, "Address too long");
      }
      int at = -1;
      boolean quoted = false;
      for (int i = 0; i < address.length(); i++) {
        char c = address.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (c == '@' && !quoted) {
          if (at >= 0) {
            return refusal("5.1.3", given, "Invalid route address");
          }
          at = i;
        }
      }
      if (at == 0 || address.isEmpty()) {
        return refusal("5.1.3", given, "User address required");
      }
      if (at == address.length() - 1) {
        return refusal("5.1.3", given, "Hostname required");
      }
      if (at > 0 && !domain(address, at + 1)) {
        return refusal("5.1.2", given, "Invalid host name");
      }
      return null;
    }

    private static SmtpReply refusal(String enhanced, String given, String why) {
      return SmtpReply.of(553, enhanced, Echo.shorten(given) + "... " + why);
    }

    /** Finds where the path ends; returns what does not pair, in sendmail's words, or nothing. */
    private String findEnd(boolean bracketed) {
      int angles = 0;
      int parentheses = 0;
      boolean quoted = false;
      for (end = from; end < text.length(); end++) {
        char c = text.charAt(end);
        if (c == '\\' && end + 1 < text.length()) {
          end++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (!quoted) {
          switch (c) {
            case '<' -> angles++;
            case '>' -> angles--;
            case '(' -> parentheses++;
            case ')' -> parentheses--;
            default -> {}
          }
          if (angles < 0 || parentheses < 0) {
            end = endOfWord();
            return "Unbalanced '" + c + "'";
          }
          if (bracketed && c == '>' && angles == 0 && parentheses == 0) {
            end++;
            return nested(from + 1, end - 1) + closedAgain();
          }
          if (c == ' ' && angles == 0 && parentheses == 0) {
            return nested(from, end);
          }
        }
      }
      if (quoted) {
        return "Unbalanced '\"'";
      }
      if (parentheses > 0) {
        return "Unbalanced '('";
      }
      return angles > 0 ? "Unbalanced '<'" : nested(from, end);
    }

    /** What is glued to the path counts where it closes what was never opened. */
    private String closedAgain() {
      int depth = 0;
      for (int i = end; i < text.length() && !SmtpCommand.blank(text.charAt(i)); i++) {
        char c = text.charAt(i);
        depth += c == '<' ? 1 : c == '>' ? -1 : 0;
        if (depth < 0) {
          end = endOfWord();
          return "Unbalanced '>'";
        }
      }
      return "";
    }

    /** Brackets within brackets and comments are not for envelopes. */
    private String nested(int start, int stop) {
      boolean quoted = false;
      for (int i = start; i < stop; i++) {
        char c = text.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (!quoted && (c == '<' || c == '>' || c == '(' || c == ')')) {
          return SYNTAX;
        }
      }
      return "";
    }

    private int endOfWord() {
      int at = end;
      while (at < text.length() && !SmtpCommand.blank(text.charAt(at))) {
        at++;
      }
      return at;
    }

    private String strangeOctets(String given, boolean paired) {
      boolean eightBit = utf8 && wellFormed(given);
      for (int i = 0; i < given.length(); i++) {
        char c = given.charAt(i);
        if (c < ' ' || c == 127) {
          return "Syntax error in mailbox address \""
              + Echo.shorten(paired ? given.substring(1, given.length() - 1) : given)
              + "\" (non-printable character)";
        }
        if (c > 127 && !eightBit) {
          return "8-bit character in mailbox address \"" + Echo.shorten(given) + "\"";
        }
      }
      return "";
    }

    private static boolean wellFormed(String octets) {
      try {
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)));
        return true;
      } catch (CharacterCodingException e) {
        return false;
      }
    }

    private static boolean blankOutsideQuotes(String address) {
      boolean quoted = false;
      for (int i = 0; i < address.length(); i++) {
        char c = address.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (c == ' ' && !quoted) {
          return true;
        }
      }
      return false;
    }

    /** An address literal, or labels of which none is empty; a dot at the end does no harm. */
    private static boolean domain(String address, int start) {
      int stop = address.length();
      if (address.charAt(start) == '[') {
        return address.indexOf(']', start) == stop - 1 && stop - start > 2;
      }
      boolean empty = true;
      for (int i = start; i < stop; i++) {
        char c = address.charAt(i);
        if (c == '.') {
          if (empty) {
            return false;
          }
          empty = true;
        } else if ("()<>@,;:\\\"[] ".indexOf(c) >= 0) {
          return false;
        } else {
          empty = false;
        }
      }
      return true;
    }
  }
}
