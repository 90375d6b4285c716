package postern.map;

/** A map cannot be opened; the message is sendmail's. */
public final class MapUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final boolean silentIfOptional;

  /**
   * What is wrong.
   *
   * @param message empty if nobody is to be told
   * @param reason the operating system's words, or empty
   * @param silentIfOptional whether an optional map says nothing about it
   */
  public MapUnavailableException(String message, String reason, boolean silentIfOptional) {
    super(message);
    this.reason = reason;
    this.silentIfOptional = silentIfOptional;
  }

  public String reason() {
    return reason;
  }

  boolean silentIfOptional() {
    return silentIfOptional;
  }

  boolean isSilent() {
    return String.valueOf(getMessage()).isEmpty();
  }
}
