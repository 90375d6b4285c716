package postern.map;

/** A map cannot be opened; the message is sendmail's. */
public final class MapUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final boolean absent;

  /**
   * What is wrong.
   *
   * @param reason the operating system's words, or empty
   * @param absent whether the file just is not there (an optional map then stays silent)
   */
  public MapUnavailableException(String message, String reason, boolean absent) {
    super(message);
    this.reason = reason;
    this.absent = absent;
  }

  public String reason() {
    return reason;
  }

  public boolean absent() {
    return absent;
  }
}
