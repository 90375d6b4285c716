package postern.offline;

/** Text that is no session record; the message says where and why. */
public final class RecordException extends Exception {
  private static final long serialVersionUID = 1;

  RecordException(String message) {
    super(message);
  }
}
