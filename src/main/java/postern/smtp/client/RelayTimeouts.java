package postern.smtp.client;

import java.time.Duration;

/**
 * The {@code Timeout.*} options of the client's side. Zero means no limit, but for {@code connect},
 * where it means a minute, and {@code firstConnect}, where it means {@code connect}.
 *
 * @param connect one connection attempt
 * @param allConnect connecting to all hosts of one try together
 * @param firstConnect one connection attempt for a message that was never tried before
 * @param initial the greeting
 * @param helo EHLO and HELO
 * @param mail MAIL
 * @param rcpt RCPT
 * @param dataInit the 354
 * @param dataBlock each block of content
 * @param dataFinal the reply to the final dot
 * @param rset RSET
 * @param quit QUIT
 * @param startTls the reply to STARTTLS, and then the handshake
 * @param auth each step of AUTH
 * @param lhlo LHLO
 */
public record RelayTimeouts(
    Duration connect,
    Duration allConnect,
    Duration firstConnect,
    Duration initial,
    Duration helo,
    Duration mail,
    Duration rcpt,
    Duration dataInit,
    Duration dataBlock,
    Duration dataFinal,
    Duration rset,
    Duration quit,
    Duration startTls,
    Duration auth,
    Duration lhlo) {

  /** sendmail's defaults; connecting gives up after a minute. */
  public static final RelayTimeouts DEFAULT =
      new RelayTimeouts(
          Duration.ofMinutes(1),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          Duration.ofHours(1),
          Duration.ofMinutes(10),
          Duration.ofMinutes(2));

  /** The same limit for everything; for tests. */
  public static RelayTimeouts all(Duration limit) {
    return new RelayTimeouts(
        limit, limit, limit, limit, limit, limit, limit, limit, limit, limit, limit, limit, limit,
        limit, limit);
  }
}
