package postern.smtp.client;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Our end of outgoing connections of one address family ({@code ClientPortOptions}).
 *
 * @param address {@code Addr}: where connections come from; null leaves it to the system
 * @param port {@code Port}: 0 for any
 * @param sendBuffer {@code SndBufSize}: octets, 0 for the system's choice
 * @param receiveBuffer {@code RcvBufSize}
 * @param flags {@code Modify}: {@code S} no STARTTLS, {@code A} no AUTH, beside what {@code
 *     clt_features} says
 */
public record LocalEnd(
    @Nullable InetAddress address, int port, int sendBuffer, int receiveBuffer, String flags) {
  /** Whatever the system chooses. */
  public static final LocalEnd ANY = new LocalEnd(null, 0, 0, 0, "");
}
