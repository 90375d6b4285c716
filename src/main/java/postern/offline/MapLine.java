package postern.offline;

/**
 * One line of a map's file.
 *
 * @param file path of the file
 * @param line number of the line, from 1
 * @param key as it is written
 * @param value as it is written, may be empty
 */
public record MapLine(String file, int line, String key, String value) {
  /** The line with single blanks, {@code TLS_Clt:bank.example VERIFY:256}. */
  public String text() {
    return value.isEmpty() ? key : key + " " + value;
  }

  /** {@code file:line}. */
  public String place() {
    return Words.path(file) + ":" + line;
  }
}
