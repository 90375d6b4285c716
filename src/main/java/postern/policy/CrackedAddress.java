package postern.policy;

import postern.text.Meta;

/**
 * Separates an address from the comments and phrases around it: the address itself becomes {@code
 * $g} ({@code Foo <a@b> (c)} is {@code Foo <$g> (c)}). Works by sendmail's rules of thumb, its
 * repairs of broken syntax and its limit of length included.
 */
public final class CrackedAddress {
  /** Characters that make quotes necessary around the phrase in front of an angle bracket. */
  public static final String MUST_QUOTE = "@,;:\\()[].'";

  /** Those of them that the option {@code MustQuoteChars} cannot take away. */
  public static final String ALWAYS_QUOTE = "@,;:\\()[]";

  private static final int ROOM = 256;
  private static final String TOO_LONG = "<" + (char) Meta.EXPAND + "g>";

  private final String in;
  private final boolean colonOk;
  private final String mustQuote;
  private final StringBuilder out = new StringBuilder();

  // Where reading stands.
  private int at;
  private int commentDepth;
  private int angleDepth;
  private int bracketDepth;
  private boolean quoted;

  // Where writing stands: above 0, what is read is copied.
  private int copying;
  private int limit = ROOM; // less what closing what is open will take
  private int openComments;
  private boolean openQuote;
  private boolean openAngle;
  private boolean placed; // whether $g is there

  private boolean needsQuotes;
  private boolean sawAngle;
  private boolean sawColon;
  private int phrase; // where the present phrase begins in the text
  private int head; // and where it goes

  private CrackedAddress(String in, boolean colonOk, String mustQuote) {
    this.in = in;
    this.colonOk = colonOk;
    this.mustQuote = mustQuote;
  }

  /** The surroundings of {@code address}, with {@code $g} in its place. */
  public static String crack(String address) {
    return crack(address, false, MUST_QUOTE);
  }

  /**
   * The surroundings of {@code address}, with {@code $g} in its place.
   *
   * @param colonOk {@code ColonOkInAddr}: whether a colon does not end a group's name
   * @param mustQuote {@code MustQuoteChars}
   */
  public static String crack(String address, boolean colonOk, String mustQuote) {
    CrackedAddress cracked = new CrackedAddress(address, colonOk, mustQuote);
    return cracked.run() ? cracked.out.toString() : TOO_LONG;
  }

  private boolean hasRoom() {
    return out.length() < limit && limit <= ROOM;
  }

  /** Appends, or says that the result gets too long. */
  private boolean append(char c) {
    if (!hasRoom()) {
      return false;
    }
    out.append(c);
    return true;
  }

  private boolean run() {
    while (at < in.length() && isSpace(in.charAt(at))) {
      if (!append(in.charAt(at++))) {
        return false;
      }
    }
    head = out.length();
    phrase = at;
    while (at < in.length()) {
      char c = in.charAt(at++);
      if ((copying > 0 && !append(c)) || !character(c)) {
        return false;
      }
    }
    return close();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private boolean character(char c) {
    if (c == '\\') {
      return escape();
    }
    if (c == '"' && commentDepth <= 0) {
      quote();
      return true;
    }
    if (quoted) {
      return place();
    }
    if (c == '(' && !openComment()) {
      return false;
    }
    if (commentDepth > 0) {
      if (c == ')') {
        closeComment();
      }
      return true;
    }
    if (c == ')' && copying > 0 && hasRoom() && out.length() > head) {
      out.setLength(out.length() - 1); // closes nothing
    }
    if (c == '[') {
      bracketDepth++;
    } else if (c == ']') {
      bracketDepth--;
    }
    if (c == ':' && angleDepth <= 0 && bracketDepth <= 0 && !sawColon && !colonOk) {
      return colon();
    }
    if (c == ';' && copying <= 0 && !colonOk && !append(c)) {
      return false;
    }
    needsQuotes |= mustQuote.indexOf(c) >= 0;
    if (c == '<') {
      return openAngle();
    }
    return c == '>' ? closeAngle() : place();
  }

  private boolean escape() {
    needsQuotes |= commentDepth <= 0 && !quoted;
    if (at < in.length()) {
      char c = in.charAt(at++);
      if (copying > 0 && !append(c)) {
        return false;
      }
    }
    return place();
  }

  private void quote() {
    quoted = !quoted;
    if (copying > 0 && hasRoom()) {
      limit += openQuote ? -1 : 1;
      openQuote = !openQuote;
    }
  }

  private boolean openComment() {
    commentDepth++;
    if (!hasRoom()) {
      return true;
    }
    limit--;
    openComments++;
    if (copying++ > 0) {
      return true;
    }
    return (out.length() == head || append(' ')) && append('(');
  }

  private void closeComment() {
    commentDepth--;
    copying--;
    if (hasRoom()) {
      openComments--;
      limit++;
    }
  }

  /** The name of a group, unless two colons (or a colon and a dot) belong to a host's name. */
  private boolean colon() {
    if (at < in.length() && (in.charAt(at) == ':' || in.charAt(at) == '.')) {
      needsQuotes |= commentDepth <= 0 && !quoted;
      if (copying > 0 && !(append(':') && append(in.charAt(at)))) {
        return false;
      }
      at++;
      return place();
    }
    sawColon = true;
    if (!rewritePhrase(':', head)) {
      return false;
    }
    while (at < in.length() && isSpace(in.charAt(at))) {
      if (!append(in.charAt(at++))) {
        return false;
      }
    }
    copying = 0;
    placed = false;
    needsQuotes = false;
    head = out.length();
    phrase = at;
    return true;
  }

  private boolean openAngle() {
    needsQuotes |= sawAngle; // the first of two cannot be meant
    sawAngle = true;
    angleDepth = 1;
    if (hasRoom()) {
      limit -= openAngle ? 0 : 1;
      openAngle = true;
    }
    if (!rewritePhrase('<', 0)) {
      return false;
    }
    copying = 0;
    placed = false;
    needsQuotes = false;
    return true;
  }

  /**
   * Writes what stands in front of {@code end} once more, in quotes if it needs them, and {@code
   * end} itself.
   *
   * @param empty a pair of quotes that begins here and has nothing in it goes
   */
  private boolean rewritePhrase(char end, int empty) {
    out.setLength(head);
    int stop = at;
    if (needsQuotes) {
      if (!append('"')) {
        return false;
      }
      stop = at - 1;
      int start = firstSpaceEnd();
      while (stop > start && isSpace(in.charAt(stop - 1))) {
        stop--;
      }
      if (stop <= start) {
        stop = Math.min(at - 1, start + 1);
      }
    }
    for (int i = phrase; i < stop; i++) {
      char c = in.charAt(i);
      if ((needsQuotes && c == '"' && !append('\\')) || !append(c)) {
        return false;
      }
    }
    if (needsQuotes) {
      if (out.length() == empty + 1) {
        out.setLength(empty);
      } else if (!append('"')) {
        return false;
      }
      at = stop;
      char c;
      do {
        c = in.charAt(at++);
        if (!append(c)) {
          return false;
        }
      } while (c != end);
    }
    return true;
  }

  /** Where the text behind its leading blanks begins. */
  private int firstSpaceEnd() {
    int start = 0;
    while (start < in.length() && isSpace(in.charAt(start))) {
      start++;
    }
    return start;
  }

  private boolean closeAngle() {
    if (angleDepth > 0) {
      angleDepth--;
      if (hasRoom()) {
        limit += openAngle ? 1 : 0;
        openAngle = false;
      }
    } else if (hasRoom()) {
      if (copying > 0 && out.length() > head) {
        out.setLength(out.length() - 1); // closes nothing
      }
      needsQuotes = true;
      return true;
    }
    return copying++ > 0 || append('>');
  }

  /** A character of the address itself. */
  private boolean place() {
    if (copying > 0 || placed) {
      return true;
    }
    placed = true;
    int last = out.length() - 1;
    return (last < 0 || out.charAt(last) != ')' || append(' '))
        && append((char) Meta.EXPAND)
        && append('g');
  }

  /** Closes what is still open. */
  private boolean close() {
    if (openQuote && out.length() < ROOM) {
      out.append('"');
    }
    for (; openComments > 0 && out.length() < ROOM; openComments--) {
      out.append(')');
    }
    if (openAngle && out.length() < ROOM) {
      out.append('>');
    }
    return out.length() < ROOM;
  }
}
