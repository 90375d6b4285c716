package postern.gateway;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Failed logins by address within a while, across sessions. Bounded: when too many addresses fail,
 * those that were quiet longest are forgotten. Safe for concurrent use.
 */
final class FailureCounts {
  private static final int ADDRESSES = 50_000;

  private final int limit;
  private final long windowMillis;
  private final InstantSource clock;
  private final Map<String, Failures> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ADDRESSES;
        }
      };

  private record Failures(int count, long since) {}

  /**
   * Counts.
   *
   * @param limit failures that an address may have within {@code window}
   */
  FailureCounts(int limit, Duration window, InstantSource clock) {
    this.limit = limit;
    this.windowMillis = window.toMillis();
    this.clock = clock;
  }

  synchronized boolean tooMany(String address) {
    Failures known = current(address);
    return known != null && known.count() >= limit;
  }

  synchronized void add(String address) {
    Failures known = current(address);
    byAddress.put(
        address,
        known == null
            ? new Failures(1, clock.millis())
            : new Failures(known.count() + 1, known.since()));
  }

  synchronized void forget(String address) {
    byAddress.remove(address);
  }

  private @org.jspecify.annotations.Nullable Failures current(String address) {
    Failures known = byAddress.get(address);
    if (known != null && clock.millis() - known.since() > windowMillis) {
      byAddress.remove(address);
      return null;
    }
    return known;
  }
}
