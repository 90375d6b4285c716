package postern.tls;

/** What was asked for one session cannot be done: server 454, client {@code ${verify}} CONFIG. */
public final class TlsConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  TlsConfigException(String message) {
    super(message);
  }
}
