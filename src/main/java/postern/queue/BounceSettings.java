package postern.queue;

import java.time.ZoneId;

/**
 * What bounces say of this host.
 *
 * @param host our name ({@code $j}): Reporting-MTA and the domain of our addresses
 * @param doubleBounceAddress {@code DoubleBounceAddress}: hears of bounces that bounce; empty for
 *     nobody
 * @param returnLimit largest message that is returned whole, octets; of a larger one only the
 *     header goes back whatever RET says
 * @param zone time zone of the dates
 */
public record BounceSettings(
    String host, String doubleBounceAddress, int returnLimit, ZoneId zone) {

  /** {@code postmaster}, 1 MiB, the system's zone. */
  public static BounceSettings of(String host) {
    return new BounceSettings(host, "postmaster", 1 << 20, ZoneId.systemDefault());
  }

  /** Address that bounces come from in their header; their envelope sender is empty. */
  String mailerDaemon() {
    return "MAILER-DAEMON@" + host;
  }
}
