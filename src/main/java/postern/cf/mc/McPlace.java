package postern.cf.mc;

/**
 * A stretch of one line of an {@code .mc} file or of a file that it includes.
 *
 * @param file name as given to the reader or to {@code include}
 * @param line counts from 1
 * @param column counts from 1
 * @param length characters, at least 1
 */
public record McPlace(String file, int line, int column, int length) {
  public McPlace {
    if (line < 1 || column < 1 || length < 1) {
      throw new IllegalArgumentException("place " + line + ":" + column + "+" + length);
    }
  }

  /** {@code file:line:column}, as compilers print it. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
