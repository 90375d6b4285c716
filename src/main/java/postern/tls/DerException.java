package postern.tls;

/** Bytes that are not the DER, PEM or X.509 structure they should be. */
final class DerException extends Exception {
  private static final long serialVersionUID = 1L;

  DerException(String message) {
    super(message);
  }
}
