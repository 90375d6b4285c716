package postern.cf.mc;

/**
 * Something the writer of an {@code .mc} file should know.
 *
 * @param place what it is about
 * @param error whether the file cannot be used; otherwise a warning
 * @param message begins small, ends without a full stop
 */
public record McProblem(McPlace place, boolean error, String message) {
  /** Whether all that follows in the file may have been misread because of it. */
  public boolean hidesTheRest() {
    return message.contains("never closed");
  }

  /** {@code file:line:column: error: message}. */
  @Override
  public String toString() {
    return place + ": " + (error ? "error" : "warning") + ": " + message;
  }
}
