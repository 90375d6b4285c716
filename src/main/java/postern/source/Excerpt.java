package postern.source;

/** A place in a file as messages show it: the line, and a caret under it. */
public final class Excerpt {
  private Excerpt() {}

  /** Two lines that begin with a line end, for a message to stand before; the place must be one. */
  public static String of(SourceText text, Span span) {
    String quoted = text.line(span.line());
    StringBuilder margin = new StringBuilder();
    for (int i = 0; i < Math.min(span.column() - 1, quoted.length()); i++) {
      margin.append(quoted.charAt(i) == '\t' ? '\t' : ' ');
    }
    return "\n  " + printable(quoted) + "\n  " + margin + "^".repeat(Math.max(1, span.length()));
  }

  /** Text with its control characters made visible; tabs stay. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 1) {
        out.append('$'); // what the sign of a macro is when its high bit is gone
      } else if (c == '\t' || (c >= ' ' && c != 0x7f)) {
        out.append(c);
      } else {
        out.append("\\x%02x".formatted((int) c));
      }
    }
    return out.toString();
  }
}
