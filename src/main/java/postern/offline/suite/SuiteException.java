package postern.offline.suite;

/** Tests that cannot be run; the message says why. */
public final class SuiteException extends Exception {
  private static final long serialVersionUID = 1;

  SuiteException(String message) {
    super(message);
  }
}
