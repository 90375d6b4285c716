package postern.smtp;

import org.jspecify.annotations.Nullable;

/** The commands of an SMTP server: RFC 5321, its extensions, and what sendmail knows besides. */
public enum Verb {
  HELO,
  EHLO,
  MAIL,
  RCPT,
  DATA,
  /** RFC 3030. */
  BDAT,
  RSET,
  NOOP,
  QUIT,
  HELP,
  VRFY,
  EXPN,
  /** RFC 1985. */
  ETRN,
  /** sendmail's {@code -v} over SMTP. */
  VERB,
  /** RFC 4954. */
  AUTH,
  /** RFC 3207. */
  STARTTLS,
  /** Postfix': pretends that the client is another one. */
  XCLIENT,
  /** Known by name only: obsolete commands of RFC 821. */
  SEND,
  SAML,
  SOML,
  TURN,
  /** Anything else, an empty line included. */
  UNKNOWN;

  private static final Verb[] KNOWN = values();

  /** The verb that stands at {@code line[from, to)}, letter case apart. */
  static Verb at(String line, int from, int to) {
    int length = to - from;
    for (Verb verb : KNOWN) {
      String name = verb.name();
      if (verb != UNKNOWN && name.length() == length && matches(line, from, name)) {
        return verb;
      }
    }
    return UNKNOWN;
  }

  /** The verb called {@code name}, or null. */
  public static @Nullable Verb named(String name) {
    Verb verb = at(name, 0, name.length());
    return verb == UNKNOWN ? null : verb;
  }

  /** ASCII only: no other letter may fold to one of these. */
  private static boolean matches(String line, int from, String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = line.charAt(from + i);
      if ((c >= 'a' && c <= 'z' ? c - 32 : c) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
