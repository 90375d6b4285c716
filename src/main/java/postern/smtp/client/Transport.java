package postern.smtp.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a mailer reaches its next hop.
 *
 * @param port port of the next hop ({@code A=TCP $h 2525}), 0 for the default
 * @param socket a local socket instead of a host ({@code A=FILE /run/lmtp}), or null
 * @param lmtp LMTP (RFC 2033) is spoken instead of SMTP ({@code F=z})
 * @param eightBit what becomes of eight-bit text ({@code F=8}, {@code EightBitMode})
 */
public record Transport(int port, @Nullable Path socket, boolean lmtp, EightBit eightBit) {

  /** With sendmail's default for eight-bit text. */
  public Transport(int port, @Nullable Path socket, boolean lmtp) {
    this(port, socket, lmtp, EightBit.PASS);
  }

  /** SMTP over TCP. */
  public static Transport smtp(int port) {
    return new Transport(port, null, false);
  }
}
