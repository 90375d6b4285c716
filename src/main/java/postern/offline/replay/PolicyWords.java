package postern.offline.replay;

import postern.map.MapEntry;
import postern.offline.Decider;
import postern.offline.MapLine;
import postern.text.Symbols;

/**
 * The words that a policy has something to say about: those of its rules, its classes, and the
 * lines of its map files. Kept as hashes of 64 bits in one array, as each session asks for several:
 * a word that happens to share its hash is taken for one of them, which costs time and nothing
 * else.
 */
final class PolicyWords {
  /** Hash of no letters; {@link #with} adds one. */
  static final long NO_LETTERS = 0xcbf29ce484222325L;

  private long[] slots = new long[1 << 10];
  private int size;

  PolicyWords(Decider decider) {
    Symbols symbols = decider.configuration().program().symbols();
    for (int id = 0; id < symbols.size(); id++) {
      add(symbols.text(id));
      addParts(symbols.text(id));
    }
    for (MapEntry map : decider.configuration().program().maps().all()) {
      for (MapLine line : decider.lines().lines(map)) {
        addParts(line.key());
        addParts(line.value());
      }
    }
  }

  /** Whether {@code c} can be within a word. */
  static boolean isPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '=';
  }

  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** The hash of a word with one letter more, in whichever case. */
  static long with(long hash, char letter) {
    return (hash ^ lower(letter)) * 0x100000001b3L;
  }

  private void addParts(String text) {
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || !isPart(text.charAt(i))) {
        if (i > from) {
          add(text.substring(from, i));
        }
        from = i + 1;
      }
    }
  }

  private void add(String word) {
    long hash = NO_LETTERS;
    for (int i = 0; i < word.length(); i++) {
      hash = with(hash, word.charAt(i));
    }
    int slot = slot(hash);
    if (slots[slot] == 0) {
      slots[slot] = hash;
      if (++size > slots.length / 4) {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (long each : old) {
          if (each != 0) {
            slots[slot(each)] = each;
          }
        }
      }
    }
  }

  private int slot(long hash) {
    int mask = slots.length - 1;
    int slot = (int) (hash ^ hash >>> 29) & mask;
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Whether the policy may know a word with this hash. */
  boolean knows(long hash) {
    return slots[slot(hash)] != 0;
  }
}
