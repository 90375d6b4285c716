package postern.gateway;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has happened since the start, counted by kind. A name may have labels, written as Prometheus
 * writes them: {@code handshakes{version="TLSv1.3",verify="OK"}}. Labels are words of ours, never a
 * peer's, so that nobody outside can make the table grow. Safe for concurrent use.
 */
final class Counters {
  private static final int MOST = 2_000;

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** One more. */
  void count(String name) {
    add(name, 1);
  }

  void add(String name, long amount) {
    LongAdder counter = counts.get(name);
    if (counter == null) {
      if (counts.size() >= MOST) {
        return; // cannot be; and if it is, memory matters more
      }
      counter = counts.computeIfAbsent(name, unused -> new LongAdder());
    }
    counter.add(amount);
  }

  /** A name with labels: {@code name{key="value",...}}. */
  static String labeled(String name, String... keysAndValues) {
    StringBuilder out = new StringBuilder(name).append('{');
    for (int i = 0; i < keysAndValues.length; i += 2) {
      out.append(i == 0 ? "" : ",").append(keysAndValues[i]).append("=\"");
      out.append(keysAndValues[i + 1].replaceAll("[^ -!#-\\[\\]-~]", "?")).append('"');
    }
    return out.append('}').toString();
  }

  /** All counts by name, in the order of the names. */
  Map<String, Long> snapshot() {
    Map<String, Long> now = new TreeMap<>();
    counts.forEach((name, counter) -> now.put(name, counter.sum()));
    return now;
  }
}
