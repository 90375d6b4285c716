package postern.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Interned byte strings: every token is a small number, equal texts have equal numbers, and {@link
 * #fold} gives the number of the lower-case text, so that comparing without regard to case compares
 * two numbers.
 *
 * <p>A table may stand on a parent: the parent holds what the configuration knows (shared, not
 * changed any more once sessions run), the child what one evaluation meets; {@link #clear} forgets
 * the child's part only. Numbers below 32 are the single bytes 0x80 to 0x9f, the metasymbols.
 */
public final class Symbols {
  /** No symbol. */
  public static final int NONE = -1;

  private static final int LOCAL = 1 << 30;

  /** The longest token for which there is a {@link #power}. */
  public static final int MOST_POWER = 256;

  private static final int MOST_DIGITS = 9;
  private static final int NO_DECIMAL = -1;

  private static final int[] POWERS = powers();

  private final @Nullable Symbols parent;
  private final int base;
  private byte[] arena;
  private int[] start;
  private int[] hash;
  private int[] fold;
  private int[] decimal;
  private int[] table;
  private int count;
  private int parentCount;
  private boolean odd;
  private int generation;

  /** An empty table that holds the metasymbols. */
  public Symbols() {
    this(null, 1024);
    byte[] one = new byte[1];
    for (int b = 0x80; b < 0xa0; b++) {
      one[0] = (byte) b;
      intern(one, 0, 1);
    }
  }

  /** An empty table on top of {@code parent}. */
  public Symbols(Symbols parent) {
    this(parent, 64);
  }

  private Symbols(@Nullable Symbols parent, int capacity) {
    this.parent = parent;
    base = parent == null ? 0 : LOCAL;
    parentCount = parent == null ? 0 : parent.count;
    arena = new byte[capacity * 8];
    start = new int[capacity + 1];
    hash = new int[capacity];
    fold = new int[capacity];
    decimal = new int[capacity];
    table = new int[capacity * 2];
  }

  private static int[] powers() {
    int[] powers = new int[MOST_POWER + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 31;
    }
    return powers;
  }

  /** By what a {@link #hash} is multiplied when {@code length} bytes follow. */
  public static int power(int length) {
    return POWERS[length];
  }

  /** The symbol of metasymbol byte {@code meta}. */
  public static int ofMeta(int meta) {
    return meta - 0x80;
  }

  /** The number of {@code bytes[from, to)}, a new one if it was not known. */
  public int intern(byte[] bytes, int from, int to) {
    int h = 0;
    for (int i = from; i < to; i++) {
      h = h * 31 + bytes[i];
    }
    return intern(bytes, from, to, h);
  }

  /**
   * The same for a caller that went over the bytes anyway.
   *
   * @param h the bytes' {@code h * 31 + b}, beginning with 0
   */
  int intern(byte[] bytes, int from, int to, int h) {
    if (parent != null) {
      int known = parent.find(bytes, from, to, h);
      if (known != NONE) {
        return known;
      }
    }
    int known = find(bytes, from, to, h);
    return known != NONE ? known : add(bytes, from, to, h);
  }

  /** The number of {@code text}, one byte a character. */
  public int intern(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return intern(bytes, 0, bytes.length);
  }

  /** The number of {@code bytes[from, to)} or {@link #NONE}. */
  public int find(byte[] bytes, int from, int to) {
    int h = 0;
    for (int i = from; i < to; i++) {
      h = h * 31 + bytes[i];
    }
    if (parent != null) {
      int known = parent.find(bytes, from, to, h);
      if (known != NONE) {
        return known;
      }
    }
    return find(bytes, from, to, h);
  }

  private int find(byte[] bytes, int from, int to, int h) {
    int mask = table.length - 1;
    for (int slot = mixed(h) & mask; ; slot = (slot + 1) & mask) {
      int entry = table[slot] - 1;
      if (entry < 0) {
        return NONE;
      }
      if (hash[entry] == h && same(entry, bytes, from, to)) {
        return base + entry;
      }
    }
  }

  private static int mixed(int h) {
    return h ^ (h >>> 15);
  }

  /** Whether this table itself may hold a text of {@code length} bytes with this {@link #hash}. */
  public boolean mayHold(int h, int length) {
    int mask = table.length - 1;
    for (int slot = mixed(h) & mask; ; slot = (slot + 1) & mask) {
      int entry = table[slot] - 1;
      if (entry < 0) {
        return false;
      }
      if (hash[entry] == h && start[entry + 1] - start[entry] == length) {
        return true;
      }
    }
  }

  /** The text's {@code h * 31 + b}, beginning with 0. */
  public int hash(int id) {
    return owner(id).hash[id & ~LOCAL];
  }

  private boolean same(int entry, byte[] bytes, int from, int to) {
    int at = start[entry];
    int n = to - from;
    return start[entry + 1] - at == n && ByteRuns.same(bytes, from, arena, at, n);
  }

  private int add(byte[] bytes, int from, int to, int h) {
    int entry = append(bytes, from, to, h);
    int id = base + entry;
    fold[entry] = id;
    boolean upper = false;
    for (int i = from; i < to; i++) {
      upper |= bytes[i] >= 'A' && bytes[i] <= 'Z';
    }
    if (upper) {
      int lower = internLower(entry); // may replace the array
      fold[entry] = lower;
    }
    return id;
  }

  private int internLower(int entry) {
    // The lower-case text goes behind the arena's end first, so that no other memory is needed.
    int from = start[entry];
    int n = start[entry + 1] - from;
    int at = start[count];
    reserve(at + 2 * n);
    for (int i = 0; i < n; i++) {
      arena[at + n + i] = lower(arena[from + i]);
    }
    byte[] text = arena;
    return intern(text, at + n, at + 2 * n);
  }

  /**
   * A new symbol with the text of one that there is. No search finds it; {@link #fold} does not
   * tell them apart.
   */
  public int another(int known) {
    Symbols owner = owner(known);
    int entry = known & ~LOCAL;
    int folded = owner.fold[entry];
    int made = store(owner.arena, owner.start[entry], owner.start[entry + 1], owner.hash[entry]);
    fold[made] = folded;
    return base + made;
  }

  private int append(byte[] bytes, int from, int to, int h) {
    int entry = store(bytes, from, to, h);
    link(entry);
    return entry;
  }

  private int store(byte[] bytes, int from, int to, int h) {
    if (count == hash.length) {
      int size = hash.length * 2;
      start = java.util.Arrays.copyOf(start, size + 1);
      hash = java.util.Arrays.copyOf(hash, size);
      fold = java.util.Arrays.copyOf(fold, size);
      decimal = java.util.Arrays.copyOf(decimal, size);
      table = new int[size * 2];
      for (int i = 0; i < count; i++) {
        if (find(arena, start[i], start[i + 1], hash[i]) == NONE) { // the first, see another
          link(i);
        }
      }
    }
    int at = start[count];
    reserve(at + to - from);
    System.arraycopy(bytes, from, arena, at, to - from);
    odd |= isOdd(bytes, from, to);
    hash[count] = h;
    decimal[count] = decimal(bytes, from, to);
    start[count + 1] = at + to - from;
    return count++;
  }

  private static boolean isOdd(byte[] bytes, int from, int to) {
    return to == from
        || (to - from > 1 && Meta.isMeta(bytes[from]) && !Meta.takesByte(bytes[from] & 0xff));
  }

  private void reserve(int size) {
    if (size > arena.length) {
      arena = java.util.Arrays.copyOf(arena, Math.max(size, arena.length * 2));
    }
  }

  private void link(int entry) {
    int mask = table.length - 1;
    int slot = mixed(hash[entry]) & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = entry + 1;
  }

  /** Forgets this table's own symbols; the parent keeps its. */
  public void clear() {
    if (count == 0) {
      return;
    }
    int mask = table.length - 1;
    if (count > table.length / 8) {
      java.util.Arrays.fill(table, 0);
    } else {
      for (int i = 0; i < count; i++) {
        int slot = mixed(hash[i]) & mask;
        while (table[slot] != 0) { // clears the whole run; every entry of it is going anyway
          table[slot] = 0;
          slot = (slot + 1) & mask;
        }
      }
    }
    count = 0;
    odd = false;
    generation++;
  }

  /** Changes whenever this table forgets its own symbols. */
  public int generation() {
    return generation;
  }

  /** Whether {@code id} belongs to a table that stands on a parent. */
  public static boolean isLocal(int id) {
    return id >= LOCAL;
  }

  /** The place of {@code id} in its table, from 0. */
  public static int slot(int id) {
    return id & ~LOCAL;
  }

  /**
   * Forgets this table's own symbols if there are more than {@code most}, or if the parent has got
   * new ones, which may have the same texts.
   *
   * @return whether it did
   */
  public boolean renew(int most) {
    if (!isToRenew(most)) {
      return false;
    }
    clear();
    parentCount = inherited();
    return true;
  }

  /** Whether {@link #renew} will forget symbols. */
  public boolean isToRenew(int most) {
    return count > most || inherited() != parentCount;
  }

  private int inherited() {
    return parent == null ? 0 : parent.count;
  }

  /**
   * Whether there may be a token that is empty or that begins with the byte of a metasymbol and is
   * not one of the symbols below 32 (raw bytes in an address; {@code $1}, {@code $=w} and the like
   * do not count).
   */
  public boolean holdsOdd() {
    return odd || (parent != null && parent.odd);
  }

  /** The table that holds {@code id}. */
  Symbols owner(int id) {
    return id < LOCAL && parent != null ? parent : this;
  }

  // For the owner of a symbol: where its text is.

  byte[] arena() {
    return arena;
  }

  int start(int id) {
    return start[id & ~LOCAL];
  }

  int end(int id) {
    return start[(id & ~LOCAL) + 1];
  }

  /** The symbol of the lower-case text (ASCII letters only). */
  public int fold(int id) {
    return owner(id).fold[id & ~LOCAL];
  }

  /** Puts the {@link #fold} of {@code ids[from, from + n)} into {@code out}. */
  public void fold(int[] ids, int from, int n, int[] out) {
    int[] own = fold;
    int[] inherited = parent == null ? fold : parent.fold;
    for (int i = 0; i < n; i++) {
      int id = ids[from + i];
      out[i] = id < LOCAL ? inherited[id] : own[id & ~LOCAL];
    }
  }

  /** Length in bytes. */
  public int length(int id) {
    Symbols owner = owner(id);
    int entry = id & ~LOCAL;
    return owner.start[entry + 1] - owner.start[entry];
  }

  /** First byte, 0 to 255; -1 for the empty text. */
  public int first(int id) {
    if (id < 32) {
      return id + 0x80;
    }
    Symbols owner = owner(id);
    int entry = id & ~LOCAL;
    int at = owner.start[entry];
    return at == owner.start[entry + 1] ? -1 : owner.arena[at] & 0xff;
  }

  /** Byte {@code index}, 0 to 255. */
  public int at(int id, int index) {
    Symbols owner = owner(id);
    return owner.arena[owner.start[id & ~LOCAL] + index] & 0xff;
  }

  /**
   * The number that the text is in decimal digits; -1 if it is none, begins with a 0 that is not
   * all of it, or has more than nine digits.
   */
  public int decimal(int id) {
    return owner(id).decimal[id & ~LOCAL];
  }

  private static int decimal(byte[] bytes, int from, int to) {
    int n = to - from;
    if (n < 1 || n > MOST_DIGITS || (bytes[from] == '0' && n > 1)) {
      return NO_DECIMAL;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return NO_DECIMAL;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Appends the text to {@code out}. */
  public void append(int id, Bytes out) {
    Symbols owner = owner(id);
    int entry = id & ~LOCAL;
    out.append(owner.arena, owner.start[entry], owner.start[entry + 1]);
  }

  /**
   * Appends the text, and {@code separator} in front of it if it begins with an ordinary character
   * like the one before.
   *
   * @param atom whether the one before does
   * @return whether this one does
   */
  boolean append(int id, TokenTables tables, boolean atom, int separator, Bytes out) {
    Symbols owner = owner(id);
    int entry = id & ~LOCAL;
    byte[] bytes = owner.arena;
    int at = owner.start[entry];
    int end = owner.start[entry + 1];
    boolean next = tables.isAtom(at < end ? bytes[at] & 0xff : 0);
    if (atom && next && separator != 0) {
      out.append(separator);
    }
    out.append(bytes, at, end);
    return next;
  }

  /** The text, one character a byte. */
  public String text(int id) {
    Symbols owner = owner(id);
    int entry = id & ~LOCAL;
    return new String(
        owner.arena,
        owner.start[entry],
        owner.start[entry + 1] - owner.start[entry],
        StandardCharsets.ISO_8859_1);
  }

  /** How many symbols this table itself holds. */
  public int size() {
    return count;
  }

  /** The lower-case form of an ASCII letter, everything else unchanged. */
  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }
}
