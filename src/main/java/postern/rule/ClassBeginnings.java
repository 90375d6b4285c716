package postern.rule;

import postern.text.Classes;
import postern.text.Symbols;

/**
 * The words with which members of a class may begin, by their hashes: most words that are no member
 * are known by this at once. Immutable.
 */
final class ClassBeginnings {
  private final int[] slots;
  private boolean zero;

  /**
   * @param splitting bytes that no word has that is one token, 256 bits
   */
  ClassBeginnings(Classes classes, int id, long[] splitting) {
    int n = 0;
    java.util.List<String> members = classes.list(id);
    for (String member : members) {
      n += member.length();
    }
    int size = 16;
    while (size < n * 2) {
      size *= 2;
    }
    slots = new int[size];
    for (String member : members) {
      int hash = 0;
      boolean before = false;
      for (int i = 0; i < member.length(); i++) {
        byte b = Symbols.lower((byte) member.charAt(i));
        boolean splits = holds(splitting, b);
        if (i > 0 && (before || splits)) {
          add(hash);
        }
        before = splits;
        hash = hash * 31 + b;
      }
      add(hash);
    }
  }

  private static boolean holds(long[] set, byte b) {
    return (set[(b & 0xff) >> 6] >> (b & 0xff) & 1) != 0;
  }

  private void add(int hash) {
    if (hash == 0) {
      zero = true;
      return;
    }
    int slot = slot(hash);
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = hash;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 15)) & (slots.length - 1);
  }

  /** Whether there may be a member that begins with a word of this {@link Symbols#hash}. */
  boolean mayHold(int hash) {
    if (hash == 0) {
      return zero;
    }
    int slot = slot(hash);
    while (slots[slot] != 0) {
      if (slots[slot] == hash) {
        return true;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return false;
  }
}
