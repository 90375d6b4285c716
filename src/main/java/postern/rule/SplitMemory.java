package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * Follows sendmail's memory. It splits every text into one vector, which is the outermost workspace
 * as well, and marks its end only if all goes well: when a text is too long, words of earlier
 * evaluations follow. Those that came from a text that was split into the same memory are read
 * there as it is now, and change with it for as long as they are used.
 */
final class SplitMemory implements Leftovers {
  // Where a text is split that a rule set is given, and where a rule splits values.
  private static final int TEXT = 0;
  private static final int VALUE = 1;
  private static final int KINDS = 2;
  private static final int CALLERS = 3;
  // More than there are memories.
  private static final int WIDTH = 1024;

  private final Machine machine;
  private final Symbols symbols;
  private final int[] tokens = new int[Machine.CAPACITY + 2];
  // In place of tokens of a table that has been emptied since.
  private final @Nullable String[] texts = new String[tokens.length];
  private final int[] places = new int[tokens.length];
  private final boolean[] ends = new boolean[tokens.length];
  // By level, caller and kind.
  private byte[] @Nullable [] memories = new byte[CALLERS * KINDS][];
  // By a symbol's slot: where its word stands in such memory, 0 if nowhere. Symbols of that kind
  // have one place only.
  private int[] placeOf = new int[64];
  // Those that stand where rules split values, and may be in a workspace.
  private int[] live = new int[64];
  private int lives;
  private final Bytes text = new Bytes();
  private int caller;

  SplitMemory(Machine machine) {
    this.machine = machine;
    symbols = machine.symbols();
    Arrays.fill(ends, true);
  }

  private SplitMemory(Machine machine, SplitMemory other) {
    this(machine);
    other.freeze();
    System.arraycopy(other.texts, 0, texts, 0, texts.length);
    System.arraycopy(other.places, 0, places, 0, places.length);
    System.arraycopy(other.ends, 0, ends, 0, ends.length);
    memories = other.memories;
    caller = other.caller;
  }

  @Override
  public Leftovers of(Machine other) {
    return new SplitMemory(other, this);
  }

  @Override
  public void caller(int number) {
    caller = number;
  }

  @Override
  public void clear(boolean renewed) {
    lives = 0;
    if (renewed) {
      freeze();
      Arrays.fill(placeOf, 0);
    }
  }

  private void freeze() {
    for (int i = 0; i < tokens.length; i++) {
      if (!ends[i] && texts[i] == null) {
        texts[i] = symbols.text(tokens[i]);
      }
    }
  }

  @Override
  public void begin(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      int at = base + i;
      boolean same = !ends[at] && texts[at] == null && tokens[at] == vector[i];
      place(at, vector[i], same ? places[at] : placeOf(vector[i]));
    }
    ends[base + n] = true;
  }

  @Override
  public void become(int[] vector, int n, int base) {
    restore(vector, n, base);
    ends[base + n] = true;
  }

  @Override
  public void restore(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      place(base + i, vector[i], placeOf(vector[i]));
    }
  }

  private int placeOf(int word) {
    int slot = Symbols.slot(word);
    return Symbols.isLocal(word) && slot < placeOf.length ? placeOf[slot] : 0;
  }

  /** A symbol for a word in its place. */
  private int own(int word, int place) {
    int own = symbols.another(word);
    int slot = Symbols.slot(own);
    if (slot >= placeOf.length) {
      placeOf = Arrays.copyOf(placeOf, Math.max(slot + 1, placeOf.length * 2));
    }
    placeOf[slot] = place;
    return own;
  }

  /** Has {@link #reread} look after a word. */
  private int watched(int own) {
    if (lives == live.length) {
      live = Arrays.copyOf(live, lives * 2);
    }
    live[lives++] = own;
    return own;
  }

  @Override
  public void copied(int[] words, int n) {
    for (int i = 0; i < n; i++) {
      if (placeOf(words[i]) != 0) {
        words[i] = symbols.intern(symbols.text(words[i]));
      }
    }
  }

  private void place(int at, int word, int place) {
    tokens[at] = word;
    texts[at] = null;
    places[at] = place;
    ends[at] = false;
  }

  @Override
  public byte[] memory(int level) {
    return at(index(VALUE, level));
  }

  private int index(int kind, int level) {
    return (level * CALLERS + caller) * KINDS + kind;
  }

  private byte[] at(int index) {
    if (index >= memories.length) {
      memories = Arrays.copyOf(memories, index + CALLERS * KINDS);
    }
    byte[] known = memories[index];
    if (known == null) {
      known = new byte[Prescan.ADDRESS_ROOM];
      memories[index] = known;
    }
    return known;
  }

  @Override
  public void split(int level, int[] words, int n, @Nullable Bytes rest) {
    fill(index(VALUE, level), words, n, rest);
  }

  private void fill(int index, int[] words, int n, @Nullable Bytes rest) {
    byte[] into = at(index);
    int at = 0;
    for (int i = 0; i < n; i++) {
      place(i, words[i], at * WIDTH + index + 1);
      text.clear();
      symbols.append(words[i], text);
      at = Math.min(store(into, at, text) + 1, into.length);
      into[at - 1] = 0;
    }
    if (rest == null) {
      ends[n] = true;
    } else {
      store(into, at, rest);
    }
    reread(index);
  }

  @Override
  public boolean join(
      int level, int at, int[] words, int from, int to, int separator, int room, Bytes out) {
    int index = index(VALUE, level);
    boolean here = false;
    for (int i = from; i < to; i++) {
      here |= isIn(index, placeOf(words[i]));
    }
    if (!here) {
      return false;
    }
    // Byte by byte, as cataddr does (parseaddr.c): the end of a word may be gone when it is
    // reached.
    TokenTables tables = machine.program().tables();
    byte[] into = at(index);
    int p = at;
    int left = room - 2;
    boolean atom = false;
    for (int i = from; i < to && left > 0; i++) {
      int place = placeOf(words[i]);
      byte[] source = into;
      int q = (place - 1) / WIDTH;
      if (!isIn(index, place)) {
        text.clear();
        symbols.append(words[i], text);
        text.append(0);
        source = text.array();
        q = 0;
      }
      boolean next = tables.isAtom(source[q] & 0xff);
      if (atom && next && separator != 0) {
        into[p++] = (byte) separator;
        left--;
      }
      atom = next;
      while (left > 0 && source[q] != 0) {
        if (--left > 0) {
          into[p++] = source[q++];
        }
      }
    }
    into[p] = 0;
    out.append(into, at, p);
    reread(index);
    return true;
  }

  private static boolean isIn(int index, int place) {
    return place != 0 && (place - 1) % WIDTH == index;
  }

  @Override
  public void argument(int level, int at, Bytes argument) {
    int index = index(VALUE, level);
    byte[] into = at(index);
    into[Math.min(store(into, at, argument), into.length - 1)] = 0;
    reread(index);
  }

  @Override
  public void typed(int[] words, int n, @Nullable Bytes rest) {
    fill(index(TEXT, 0), words, n, rest);
    for (int i = 0; i < n; i++) {
      words[i] = own(words[i], places[i]);
      tokens[i] = words[i];
    }
  }

  @Override
  public void typedAgain(int[] words, int n) {
    fill(index(TEXT, 0), words, n, null);
  }

  private static int store(byte[] into, int at, Bytes bytes) {
    int n = Math.min(bytes.length(), into.length - at);
    System.arraycopy(bytes.array(), 0, into, at, n);
    return at + n;
  }

  /** Words that stand in memory {@code index} are what it holds now. */
  private void reread(int index) {
    for (int i = 0; i < lives; i++) {
      int word = live[i];
      int place = placeOf(word);
      if (!isIn(index, place)) {
        continue;
      }
      int now = read(place);
      if (!symbols.text(now).equals(symbols.text(word))) {
        live[i] = own(now, place);
        machine.replace(word, live[i]);
      }
    }
  }

  @Override
  public int follow(int[] vector, int n, int base, int known) {
    int k = base + n;
    while (k < Machine.CAPACITY && !ends[k]) {
      place(k, places[k] == 0 ? word(k) : read(places[k]), places[k]);
      vector[k - base] = tokens[k];
      k++;
    }
    return k - base;
  }

  private int word(int at) {
    String known = texts[at];
    return known == null ? tokens[at] : symbols.intern(known);
  }

  @Override
  public void settle(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      int place = places[base + i];
      if (place != 0 && tokens[base + i] == vector[i] && placeOf(vector[i]) == 0) {
        int word = watched(own(read(place), place));
        tokens[base + i] = word;
        vector[i] = word;
      }
    }
  }

  private int read(int place) {
    byte[] bytes = at((place - 1) % WIDTH);
    int from = (place - 1) / WIDTH;
    int to = from;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    return symbols.intern(bytes, from, to);
  }
}
