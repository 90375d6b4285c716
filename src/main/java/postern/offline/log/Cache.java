package postern.offline.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values made from bytes of a line, so that the same bytes need not be read twice. Of fixed size: a
 * newer value takes the place of an older one.
 */
final class Cache<V> {
  /** Makes a value of bytes. */
  interface Maker<V> {
    V make(byte[] in, int from, int to);
  }

  /** Another half of the hash than the slot: most strangers are known by it alone. */
  private final int[] marks;

  private final byte[] @Nullable [] keys;
  private final @Nullable Object[] values;
  private final Maker<V> maker;

  /**
   * A cache.
   *
   * @param slots how many values are kept at most, a power of two
   */
  Cache(int slots, Maker<V> maker) {
    marks = new int[slots];
    keys = new byte[slots][];
    values = new Object[slots];
    this.maker = maker;
  }

  /** The value of {@code in[from, to)}. */
  @SuppressWarnings("unchecked") // only V goes in
  V get(byte[] in, int from, int to) {
    long hash = Scan.hash(in, from, to);
    int slot = (int) hash & marks.length - 1;
    int mark = (int) (hash >>> 32);
    if (marks[slot] == mark) {
      byte[] key = keys[slot];
      Object value = values[slot];
      if (key != null && value != null && Arrays.equals(key, 0, key.length, in, from, to)) {
        return (V) value;
      }
    }
    V made = maker.make(in, from, to);
    marks[slot] = mark;
    keys[slot] = Arrays.copyOfRange(in, from, to);
    values[slot] = made;
    return made;
  }
}
