package postern.queue;

import java.util.Optional;
import postern.smtp.Route;

/** Finds the next hop of an address: the rule sets, seen from here. May block. */
@FunctionalInterface
public interface AddressRouter {
  /** The route, or empty if the address cannot be delivered to. */
  Optional<Route> route(String address);
}
