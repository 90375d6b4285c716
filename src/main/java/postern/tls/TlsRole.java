package postern.tls;

/** Which side of a handshake we are on. */
public enum TlsRole {
  /** We were connected to. */
  SERVER("server"),
  /** We connected. */
  CLIENT("client");

  private final String word;

  TlsRole(String word) {
    this.word = word;
  }

  /** As in {@code STARTTLS=server} of the log. */
  public String word() {
    return word;
  }
}
