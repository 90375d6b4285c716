package postern.cf;

/** sendmail's way with quotes and backslashes in macro values and mailer fields. */
final class Munch {
  private static final int MOST = 2047;

  private Munch() {}

  /** What was taken, and where the delimiter (or the end) is. */
  record Taken(String text, int end) {}

  /**
   * Takes text up to an unquoted {@code delimiter} (0: up to the end): {@code \r \n \f \b} become
   * control characters, other backslashes and all double quotes vanish. What is longer than 2047
   * bytes is cut.
   */
  static Taken take(String text, int from, char delimiter) {
    StringBuilder out = new StringBuilder();
    boolean backslash = false;
    boolean quoted = false;
    int i = from;
    for (; i < text.length() && out.length() < MOST; i++) {
      char c = text.charAt(i);
      if (backslash) {
        backslash = false;
        out.append(
            switch (c) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 'f' -> '\f';
              case 'b' -> '\b';
              default -> c;
            });
      } else if (c == '\\') {
        backslash = true;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || delimiter == 0 || c != delimiter) {
        out.append(c);
      } else {
        break;
      }
    }
    return new Taken(out.toString(), i);
  }
}
