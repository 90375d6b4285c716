package postern.smtp.client;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * What outgoing sessions have in common.
 *
 * @param heloName {@code HeloName} or {@code $j}
 * @param ownNames names that are us, lower case: a peer that greets with one is a loop, an MX
 *     record with one ends the list
 * @param port port of a route that names none
 * @param timeouts {@code Timeout.*}
 * @param fallBackToClear {@code TLSFallbacktoClear}
 * @param idlePerDestination connections kept open to one destination
 * @param idleTotal connections kept open in all
 * @param idleTime {@code ConnectionCacheTimeout}
 * @param mostHosts addresses tried for one delivery, those of the fallback hosts not counted
 * @param fallbackMx {@code FallbackMXhost}: the last exchanger of every domain; empty for none
 * @param fallbackSmartHost {@code FallbackSmartHost}: tried when nothing else works, even for names
 *     that name service does not know; empty for none
 * @param inet our end of connections to IPv4 addresses
 * @param inet6 our end of connections to IPv6 addresses
 */
public record RelaySettings(
    String heloName,
    Set<String> ownNames,
    int port,
    RelayTimeouts timeouts,
    boolean fallBackToClear,
    int idlePerDestination,
    int idleTotal,
    Duration idleTime,
    int mostHosts,
    String fallbackMx,
    String fallbackSmartHost,
    LocalEnd inet,
    LocalEnd inet6) {

  public RelaySettings {
    ownNames = Set.copyOf(ownNames);
  }

  /** Port 25, sendmail's time limits, a few connections kept for ten seconds. */
  public static RelaySettings of(String heloName) {
    return new RelaySettings(
        heloName,
        Set.of(heloName.toLowerCase(Locale.ROOT)),
        25,
        RelayTimeouts.DEFAULT,
        false,
        8,
        200,
        Duration.ofSeconds(10),
        16,
        "",
        "",
        LocalEnd.ANY,
        LocalEnd.ANY);
  }

  /** These settings with other time limits. */
  public RelaySettings withTimeouts(RelayTimeouts limits) {
    return new RelaySettings(
        heloName,
        ownNames,
        port,
        limits,
        fallBackToClear,
        idlePerDestination,
        idleTotal,
        idleTime,
        mostHosts,
        fallbackMx,
        fallbackSmartHost,
        inet,
        inet6);
  }

  /** These settings with {@code TLSFallbacktoClear}. */
  public RelaySettings withFallBackToClear(boolean allowed) {
    return new RelaySettings(
        heloName,
        ownNames,
        port,
        timeouts,
        allowed,
        idlePerDestination,
        idleTotal,
        idleTime,
        mostHosts,
        fallbackMx,
        fallbackSmartHost,
        inet,
        inet6);
  }

  /** These settings with {@code FallbackMXhost} and {@code FallbackSmartHost}; empty for none. */
  public RelaySettings withFallbacks(String exchanger, String smartHost) {
    return new RelaySettings(
        heloName,
        ownNames,
        port,
        timeouts,
        fallBackToClear,
        idlePerDestination,
        idleTotal,
        idleTime,
        mostHosts,
        exchanger,
        smartHost,
        inet,
        inet6);
  }

  LocalEnd localEnd(SocketAddress peer) {
    if (!(peer instanceof InetSocketAddress internet)) {
      return LocalEnd.ANY;
    }
    return internet.getAddress() instanceof Inet6Address ? inet6 : inet;
  }

  boolean isOwnName(String host) {
    return ownNames.contains(host.toLowerCase(Locale.ROOT));
  }
}
