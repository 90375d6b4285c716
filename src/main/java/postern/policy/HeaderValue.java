package postern.policy;

/** The value of a header field in the forms in which its rule set sees it. */
final class HeaderValue {
  /** sendmail's MAXNAME; {@code ${hdrlen}} tells the length before anything was cut off. */
  private static final int ROOM = 256;

  private HeaderValue() {}

  /** What the rule set is asked about: folds are gone, and blanks at either end. */
  static String onOneLine(String value) {
    return value.replace("\n", "").strip();
  }

  /**
   * {@code ${currHeader}}: one quoted string of at most 256 characters, with a blank for each
   * control character that is white space.
   */
  static String quoted(String value) {
    StringBuilder out = new StringBuilder(Math.min(value.length() + 2, ROOM)).append('"');
    for (int i = 0; i < value.length() && out.length() < ROOM - 2; i++) {
      char c = value.charAt(i);
      if (c >= '\t' && c <= '\r') {
        out.append(' ');
      } else if (c == '"') {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
