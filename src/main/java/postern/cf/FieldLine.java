package postern.cf;

import java.util.function.Consumer;

/** The form that {@code M}, {@code Q} and {@code X} lines share: a name, then {@code X=value}s. */
final class FieldLine {
  private final String text;
  private final String name;
  private int at;
  private char code;
  private int start;

  FieldLine(String text) {
    this.text = text;
    int end = 0;
    while (end < text.length() && text.charAt(end) != ',' && !isSpace(text.charAt(end))) {
      end++;
    }
    name = text.substring(0, end);
    at = Math.min(text.length(), end + 1);
  }

  String name() {
    return name;
  }

  /** Code of the field that {@link #next} found; 0 for none. */
  char code() {
    return code;
  }

  /** Where the field begins in the line. */
  int from() {
    return start;
  }

  /** Where the field ends in the line. */
  int to() {
    return at;
  }

  /**
   * The value of the next field, null at the end and after a fault.
   *
   * @param missingEquals told when a field has no value
   */
  @org.jspecify.annotations.Nullable
  String next(Consumer<FieldLine> missingEquals) {
    if (at >= text.length()) {
      return null;
    }
    while (at < text.length() && (text.charAt(at) == ',' || isSpace(text.charAt(at)))) {
      at++;
    }
    code = at < text.length() ? text.charAt(at) : 0;
    start = at;
    while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ',') {
      at++;
    }
    if (at >= text.length() || text.charAt(at) != '=') {
      missingEquals.accept(this);
      return null;
    }
    at++;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    Munch.Taken taken = Munch.take(text, at, ',');
    at = taken.end();
    return taken.text();
  }

  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
