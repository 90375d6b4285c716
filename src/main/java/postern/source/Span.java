package postern.source;

/**
 * A stretch of one line: {@code length} characters from {@code column} on. Line and column count
 * from 1, as editors do; line 0 means "the file as a whole".
 */
public record Span(int line, int column, int length) {
  /** No particular place: the file as a whole, or the command line. */
  public static final Span NONE = new Span(0, 0, 0);

  public Span {
    if (line < 0 || column < 0 || length < 0) {
      throw new IllegalArgumentException("span " + line + ":" + column + "+" + length);
    }
  }

  @Override
  public String toString() {
    return line + ":" + column;
  }
}
