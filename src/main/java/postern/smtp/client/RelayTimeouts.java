package postern.smtp.client;

import java.time.Duration;

/**
 * The {@code Timeout.*} options of the client's side. Zero means no limit, but for {@code connect},
 * where it means the operating system's.
 *
 * @param connect one connection attempt
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
 */
public record RelayTimeouts(
    Duration connect,
    Duration initial,
    Duration helo,
    Duration mail,
    Duration rcpt,
    Duration dataInit,
    Duration dataBlock,
    Duration dataFinal,
    Duration rset,
    Duration quit,
    Duration startTls) {

  /** sendmail's defaults; connecting gives up after a minute. */
  public static final RelayTimeouts DEFAULT =
      new RelayTimeouts(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          Duration.ofHours(1));

  /** The same limit for everything; for tests. */
  public static RelayTimeouts all(Duration limit) {
    return new RelayTimeouts(
        limit, limit, limit, limit, limit, limit, limit, limit, limit, limit, limit);
  }
}
