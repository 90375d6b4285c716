package postern.smtp.client;

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
 * @param mostHosts hosts tried for one delivery
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
    int mostHosts) {

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
        16);
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
        mostHosts);
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
        mostHosts);
  }

  boolean isOwnName(String host) {
    return ownNames.contains(host.toLowerCase(Locale.ROOT));
  }
}
