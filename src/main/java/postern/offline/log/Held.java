package postern.offline.log;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for later lines, by number, oldest first; so many entries at most. Whatever is pushed
 * out, because it is too old or there are too many, is handed over.
 */
final class Held<V> {
  private final java.util.LinkedHashMap<Long, Entry<V>> entries = new java.util.LinkedHashMap<>();
  private final int most;
  private final long patience;
  private final Consumer<V> out;
  private long pushedOut;

  private record Entry<V>(V value, long time) {}

  /**
   * An empty table.
   *
   * @param most entries at most
   * @param patience milliseconds of log time after which an entry is given up
   * @param out takes what is pushed out
   */
  Held(int most, long patience, Consumer<V> out) {
    this.most = most;
    this.patience = patience;
    this.out = out;
  }

  @Nullable V get(long key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  void put(long key, V value, long now) {
    entries.put(key, new Entry<>(value, now));
    if (entries.size() > most) {
      pushedOut++;
      removeEldest();
    }
  }

  @Nullable V remove(long key) {
    Entry<V> entry = entries.remove(key);
    return entry == null ? null : entry.value;
  }

  private void removeEldest() {
    var each = entries.entrySet().iterator();
    V value = each.next().getValue().value;
    each.remove();
    out.accept(value);
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    while (!entries.isEmpty() && entries.values().iterator().next().time < now - patience) {
      removeEldest();
    }
  }

  /** Gives up everything. */
  void drain() {
    while (!entries.isEmpty()) {
      removeEldest();
    }
  }

  int size() {
    return entries.size();
  }

  /** How many entries were given up because there were too many. */
  long pushedOut() {
    return pushedOut;
  }
}
