package postern.smtp;

/**
 * Which extensions a session offers, as far as parameters depend on them.
 *
 * @param dsn RFC 3461
 * @param smtpUtf8 RFC 6531
 * @param requireTls RFC 8689
 * @param deliverByMin RFC 2852: seconds that mode R must leave; negative if it is not offered
 * @param auth RFC 4954; {@code AUTH=} is checked and passed on in any case
 */
public record Extensions(
    boolean dsn, boolean smtpUtf8, boolean requireTls, int deliverByMin, boolean auth) {
  /** Without DELIVERBY. */
  public Extensions(boolean dsn, boolean smtpUtf8, boolean requireTls, boolean auth) {
    this(dsn, smtpUtf8, requireTls, -1, auth);
  }
}
