package postern.map;

import java.util.Arrays;
import postern.text.ByteRuns;

/**
 * Keys and values as bytes in two arrays: an immutable hash table for maps read from text. Keys
 * compare without regard to ASCII case unless told otherwise; a look-up allocates nothing.
 */
final class KeyTable {
  static final int MISSING = -1;

  private final byte[] arena;
  private final int[] keyStart;
  private final int[] valueStart;
  private final int[] valueEnd;
  private final int[] hashes;
  private final int[] slots;
  private final long[] literal;
  private final boolean foldCase;

  private KeyTable(Builder b) {
    arena = Arrays.copyOf(b.arena, b.used);
    keyStart = Arrays.copyOf(b.keyStart, b.count);
    valueStart = Arrays.copyOf(b.valueStart, b.count);
    valueEnd = Arrays.copyOf(b.valueEnd, b.count);
    hashes = Arrays.copyOf(b.hashes, b.count);
    slots = b.slots;
    literal = Arrays.copyOf(b.literal, (b.count + 63) >> 6);
    foldCase = b.foldCase;
  }

  int size() {
    return keyStart.length;
  }

  /** The entry of {@code key[from, to)} or MISSING. */
  int find(byte[] key, int from, int to) {
    return probe(slots, hashes, keyStart, valueStart, arena, key, from, to, foldCase);
  }

  byte[] arena() {
    return arena;
  }

  int valueStart(int entry) {
    return valueStart[entry];
  }

  int valueEnd(int entry) {
    return valueEnd[entry];
  }

  /** Whether the key has a value; an empty one is one. */
  boolean hasValue(int entry) {
    return valueEnd[entry] >= valueStart[entry];
  }

  /** Whether the value holds neither {@code %} nor NUL: it is the answer as it is. */
  boolean isLiteral(int entry) {
    return (literal[entry >> 6] >> entry & 1) != 0;
  }

  private static byte fold(byte b, boolean foldCase) {
    return foldCase && b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  private static int probe(
      int[] slots,
      int[] hashes,
      int[] keyStart,
      int[] valueStart,
      byte[] arena,
      byte[] key,
      int from,
      int to,
      boolean foldCase) {
    int n = to - from;
    int h = ByteRuns.hash(key, from, n, foldCase);
    int mask = slots.length - 1;
    for (int slot = h & mask; ; slot = (slot + 1) & mask) {
      int entry = slots[slot] - 1;
      if (entry < 0) {
        return MISSING;
      }
      if (hashes[entry] == h
          && valueStart[entry] - keyStart[entry] == n
          && ByteRuns.same(key, from, arena, keyStart[entry], n, foldCase)) {
        return entry;
      }
    }
  }

  /** Collects entries; the first one of a key wins. */
  static final class Builder {
    private final boolean foldCase;
    private byte[] arena = new byte[1024];
    private int used;
    private int[] keyStart = new int[32];
    private int[] valueStart = new int[32];
    private int[] valueEnd = new int[32];
    private int[] hashes = new int[32];
    private int[] slots = new int[64];
    private long[] literal = new long[1];
    private int count;

    Builder(boolean foldCase) {
      this.foldCase = foldCase;
    }

    /** Adds a key without a value unless it is known. */
    void addBare(byte[] text, int keyFrom, int keyTo) {
      if (add(text, keyFrom, keyTo, 0, 0)) {
        valueEnd[count - 1]--;
      }
    }

    /** Adds an entry unless its key is known; says whether it was new. */
    boolean add(byte[] text, int keyFrom, int keyTo, int valueFrom, int valueTo) {
      if (probe(slots, hashes, keyStart, valueStart, arena, text, keyFrom, keyTo, foldCase) >= 0) {
        return false;
      }
      if (count == hashes.length) {
        int size = count * 2;
        keyStart = Arrays.copyOf(keyStart, size);
        valueStart = Arrays.copyOf(valueStart, size);
        valueEnd = Arrays.copyOf(valueEnd, size);
        hashes = Arrays.copyOf(hashes, size);
        slots = new int[size * 2];
        for (int i = 0; i < count; i++) {
          link(i);
        }
      }
      int needed = used + (keyTo - keyFrom) + (valueTo - valueFrom);
      if (needed > arena.length) {
        arena = Arrays.copyOf(arena, Math.max(needed, arena.length * 2));
      }
      keyStart[count] = used;
      for (int i = keyFrom; i < keyTo; i++) {
        arena[used++] = fold(text[i], foldCase);
      }
      valueStart[count] = used;
      System.arraycopy(text, valueFrom, arena, used, valueTo - valueFrom);
      used += valueTo - valueFrom;
      valueEnd[count] = used;
      markLiteral(text, valueFrom, valueTo);
      hashes[count] = ByteRuns.hash(text, keyFrom, keyTo - keyFrom, foldCase);
      link(count);
      count++;
      return true;
    }

    private void markLiteral(byte[] text, int from, int to) {
      for (int i = from; i < to; i++) {
        if (text[i] == '%' || text[i] == 0) {
          return;
        }
      }
      if (count >> 6 >= literal.length) {
        literal = Arrays.copyOf(literal, hashes.length >> 6);
      }
      literal[count >> 6] |= 1L << count;
    }

    private void link(int entry) {
      int mask = slots.length - 1;
      int slot = hashes[entry] & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = entry + 1;
    }

    KeyTable build() {
      return new KeyTable(this);
    }
  }
}
