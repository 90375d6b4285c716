package postern.smtp;

/**
 * An enhanced mail system status code (RFC 3463): class, subject, detail.
 *
 * @param type 2 success, 4 persistent transient failure, 5 permanent failure
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedCode(int type, int subject, int detail) {

  public EnhancedCode {
    boolean known = type == 2 || type == 4 || type == 5;
    if (!known || subject < 0 || subject > 999 || detail < 0 || detail > 999) {
      throw new IllegalArgumentException(
          "enhanced code " + type + "." + subject + "." + detail + " is none of RFC 3463");
    }
  }

  /** Whether {@code text} is an enhanced code and nothing else. */
  public static boolean isValid(String text) {
    int length = text.length();
    if (length < 5 || length > 9 || text.charAt(1) != '.' || "245".indexOf(text.charAt(0)) < 0) {
      return false;
    }
    int dot = text.indexOf('.', 2);
    return dot > 0 && number(text, 2, dot) && number(text, dot + 1, length);
  }

  /** Reads a code for which {@link #isValid} holds. */
  public static EnhancedCode parse(String text) {
    if (!isValid(text)) {
      throw new IllegalArgumentException("not an enhanced code: " + Echo.printable(text));
    }
    int dot = text.indexOf('.', 2);
    return new EnhancedCode(
        text.charAt(0) - '0',
        Integer.parseInt(text.substring(2, dot)),
        Integer.parseInt(text.substring(dot + 1)));
  }

  /** What the subject digit speaks of, in the words of RFC 3463 section 3. */
  public String subjectText() {
    return switch (subject) {
      case 1 -> "addressing status";
      case 2 -> "mailbox status";
      case 3 -> "mail system status";
      case 4 -> "network and routing status";
      case 5 -> "mail delivery protocol status";
      case 6 -> "message content or media status";
      case 7 -> "security or policy status";
      default -> "other or undefined status";
    };
  }

  @Override
  public String toString() {
    return type + "." + subject + "." + detail;
  }

  private static boolean number(String text, int from, int to) {
    if (to - from < 1 || to - from > 3) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
