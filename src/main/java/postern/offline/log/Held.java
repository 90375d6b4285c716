package postern.offline.log;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for later lines, by number, oldest first; so many entries at most. Whatever is pushed
 * out, because it is too old or there are too many, is handed over. A hash table of plain numbers:
 * it is asked several times for each line.
 */
final class Held<V> {
  private static final int FIRST = 1 << 6;
  private static final int NONE = -1;

  private final int most;
  private final long patience;
  private final Consumer<V> out;

  // Entries by index; those in use form a list from the oldest to the newest, the others from free.
  private long[] keys = new long[FIRST];
  private long[] times = new long[FIRST];
  private @Nullable Object[] values = new Object[FIRST];
  private int[] next = new int[FIRST];
  private int[] previous = new int[FIRST];
  private int oldest = NONE;
  private int newest = NONE;
  private int free = NONE;
  private int used;
  private int size;

  /** Indexes of entries and one, at the slot of their key or behind it; 0 is no entry. */
  private int[] slots = new int[2 * FIRST];

  /** The keys once more: most look-ups need to look no further. */
  private long[] slotKeys = new long[2 * FIRST];

  private long pushedOut;

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
    int slot = slot(key);
    return slots[slot] == 0 ? null : value(slots[slot] - 1);
  }

  /** Puts an entry; one of the same key keeps its place among the others. */
  void put(long key, V value, long now) {
    int slot = slot(key);
    if (slots[slot] != 0) {
      int entry = slots[slot] - 1;
      values[entry] = value;
      times[entry] = now;
      return;
    }
    if (free == NONE && used == keys.length) {
      grow();
      slot = slot(key);
    }
    int entry = free;
    if (entry == NONE) {
      entry = used++;
    } else {
      free = next[entry];
    }
    keys[entry] = key;
    times[entry] = now;
    values[entry] = value;
    next[entry] = NONE;
    previous[entry] = newest;
    if (newest == NONE) {
      oldest = entry;
    } else {
      next[newest] = entry;
    }
    newest = entry;
    slots[slot] = entry + 1;
    slotKeys[slot] = key;
    if (++size > most) {
      pushedOut++;
      removeOldest();
    }
  }

  @Nullable V remove(long key) {
    int slot = slot(key);
    if (slots[slot] == 0) {
      return null;
    }
    int entry = slots[slot] - 1;
    V value = value(entry);
    vacate(slot);
    unlink(entry);
    return value;
  }

  @SuppressWarnings("unchecked") // only V goes in
  private V value(int entry) {
    return (V) values[entry];
  }

  /** Where {@code key} is, or where it would go. */
  private int slot(long key) {
    int mask = slots.length - 1;
    int slot = (int) Scan.mix(key) & mask;
    while (slots[slot] != 0 && slotKeys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Empties a slot; those behind it that would not be found any more move up. */
  private void vacate(int slot) {
    int mask = slots.length - 1;
    int hole = slot;
    for (int at = hole + 1 & mask; slots[at] != 0; at = at + 1 & mask) {
      int home = (int) Scan.mix(slotKeys[at]) & mask;
      if ((at - home & mask) >= (at - hole & mask)) {
        slots[hole] = slots[at];
        slotKeys[hole] = slotKeys[at];
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  private void unlink(int entry) {
    int before = previous[entry];
    int after = next[entry];
    if (before == NONE) {
      oldest = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      newest = before;
    } else {
      previous[after] = before;
    }
    values[entry] = null;
    next[entry] = free;
    free = entry;
    size--;
  }

  private void grow() {
    int length = 2 * keys.length;
    keys = Arrays.copyOf(keys, length);
    times = Arrays.copyOf(times, length);
    values = Arrays.copyOf(values, length);
    next = Arrays.copyOf(next, length);
    previous = Arrays.copyOf(previous, length);
    slots = new int[2 * length];
    slotKeys = new long[2 * length];
    for (int entry = oldest; entry != NONE; entry = next[entry]) {
      int slot = slot(keys[entry]);
      slots[slot] = entry + 1;
      slotKeys[slot] = keys[entry];
    }
  }

  private void removeOldest() {
    int entry = oldest;
    V value = value(entry);
    vacate(slot(keys[entry]));
    unlink(entry);
    out.accept(value);
  }

  /** Gives up what is too old at {@code now}. */
  void expire(long now) {
    while (oldest != NONE && times[oldest] < now - patience) {
      removeOldest();
    }
  }

  /** Gives up everything. */
  void drain() {
    while (oldest != NONE) {
      removeOldest();
    }
  }

  int size() {
    return size;
  }

  /** How many entries were given up because there were too many. */
  long pushedOut() {
    return pushedOut;
  }
}
