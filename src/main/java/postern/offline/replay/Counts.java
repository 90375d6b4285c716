package postern.offline.replay;

import java.util.EnumMap;

/** How often each constant of an enumeration was seen. Not thread-safe. */
final class Counts<E extends Enum<E>> {
  private final EnumMap<E, long[]> counts;

  Counts(Class<E> type) {
    counts = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      counts.put(constant, new long[1]);
    }
  }

  void add(E constant) {
    long[] count = counts.get(constant);
    if (count != null) {
      count[0]++;
    }
  }

  long of(E constant) {
    long[] count = counts.get(constant);
    return count == null ? 0 : count[0];
  }
}
