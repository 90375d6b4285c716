package postern.smtp.server;

import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import postern.policy.PeerFacts;

/** Finds the name of a connecting address. The gateway puts hosts file and DNS behind it. */
@FunctionalInterface
public interface PeerNames {

  /**
   * Looks {@code address} up and back. Must not block; completes on any thread, never
   * exceptionally, within the resolver's time limits.
   */
  CompletionStage<PeerName> find(InetAddress address);

  /**
   * What came of it.
   *
   * @param name {@code ${client_name}}: the PTR name if forward-confirmed, else {@code [address]}
   * @param ptr {@code ${client_ptr}}: the PTR name even if forged, else {@code [address]}
   */
  record PeerName(String name, String ptr, PeerFacts.Resolve resolve) {}
}
