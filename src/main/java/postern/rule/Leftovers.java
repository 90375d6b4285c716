package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Prescan;
import postern.text.Symbols;

/**
 * What lies behind the end of the outermost workspace. sendmail splits every text into one vector,
 * which is the outermost workspace as well, and marks its end only if all goes well: when a text is
 * too long, words of earlier evaluations follow. Those that came from a text that was split into
 * the same memory are read there as it is now, and change with it for as long as they are used.
 *
 * <p>Address test mode shows such workspaces; servers do without.
 */
final class Leftovers {
  /** Where a text was split that a rule set is given. */
  static final int TEXT = 0;

  /** Where a rule split the value of a macro, or the answer of a map. */
  static final int VALUE = 1;

  private static final int KINDS = 2;
  private static final int CALLERS = 3;
  // More than there are memories.
  private static final int WIDTH = 1024;

  private final Machine machine;
  private Symbols symbols;
  private final int[] tokens = new int[Machine.MAX_TOKENS + 2];
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

  Leftovers(Machine machine) {
    this.machine = machine;
    symbols = machine.symbols();
    Arrays.fill(ends, true);
  }

  /** The same for a machine that goes on where another one stopped. */
  Leftovers(Machine machine, Leftovers other) {
    this(machine);
    other.freeze();
    System.arraycopy(other.texts, 0, texts, 0, texts.length);
    System.arraycopy(other.places, 0, places, 0, places.length);
    System.arraycopy(other.ends, 0, ends, 0, ends.length);
    memories = other.memories;
    caller = other.caller;
  }

  /** Who runs rule sets, from 0. */
  void caller(int number) {
    caller = number;
  }

  /**
   * No workspace is in use any more.
   *
   * @param renewed whether the table of symbols is going to be emptied
   */
  void clear(boolean renewed) {
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

  /**
   * The workspace is {@code vector[0, n)}, and ends there. Words that it has had since they were
   * split are still in their places.
   *
   * @param base how many words lie before it
   */
  void begin(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      int at = base + i;
      boolean same = !ends[at] && texts[at] == null && tokens[at] == vector[i];
      place(at, vector[i], same ? places[at] : at(vector[i]));
    }
    ends[base + n] = true;
  }

  /** The workspace has become {@code vector[0, n)}, and ends there. */
  void become(int[] vector, int n, int base) {
    restore(vector, n, base);
    ends[base + n] = true;
  }

  /** What was in the workspace is put back, but not its end. */
  void restore(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      place(base + i, vector[i], at(vector[i]));
    }
  }

  private int at(int word) {
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

  /** The words of a copy stand elsewhere. */
  void copied(int[] words, int n) {
    for (int i = 0; i < n; i++) {
      if (at(words[i]) != 0) {
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

  /** The memory that a text is split into. */
  byte[] memory(int kind, int level) {
    return memory(index(kind, level));
  }

  private int index(int kind, int level) {
    return ((kind == TEXT ? 0 : level) * CALLERS + caller) * KINDS + kind;
  }

  private byte[] memory(int index) {
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

  /**
   * A text was split.
   *
   * @param kind whose text
   * @param level of the rule set that asked for it
   * @param n how many words there were
   * @param rest the beginning of a word that had no room, null if all went well
   */
  void split(int kind, int level, int[] words, int n, @Nullable Bytes rest) {
    int index = index(kind, level);
    byte[] into = memory(index);
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

  /** An argument for a map lies {@code at} bytes from the beginning of where values are split. */
  void argument(int level, int at, Bytes argument) {
    int index = index(VALUE, level);
    byte[] into = memory(index);
    into[Math.min(store(into, at, argument), into.length - 1)] = 0;
    reread(index);
  }

  /** A text was split for a rule set: its words, {@code words[0, n)}, get places. */
  void typed(int[] words, int n, @Nullable Bytes rest) {
    split(TEXT, 0, words, n, rest);
    for (int i = 0; i < n; i++) {
      words[i] = own(words[i], places[i]);
      tokens[i] = words[i];
    }
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
      int place = at(word);
      if ((place - 1) % WIDTH != index) {
        continue;
      }
      int now = read(place);
      if (!symbols.text(now).equals(symbols.text(word))) {
        live[i] = own(now, place);
        machine.replace(word, live[i]);
      }
    }
  }

  /**
   * Writes what follows after a text that could not be split to its end.
   *
   * @param vector holds its first {@code n} words
   * @return how many words there are in all
   */
  int follow(int[] vector, int n, int base) {
    int k = base + n;
    while (k < Machine.MAX_TOKENS && !ends[k]) {
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

  /** The workspace has been left as {@code vector[0, n)}: words in their places, as they are. */
  void settle(int[] vector, int n, int base) {
    for (int i = 0; i < n; i++) {
      int place = places[base + i];
      if (place != 0 && tokens[base + i] == vector[i] && at(vector[i]) == 0) {
        int word = watched(own(read(place), place));
        tokens[base + i] = word;
        vector[i] = word;
      }
    }
  }

  private int read(int place) {
    byte[] bytes = memory((place - 1) % WIDTH);
    int from = (place - 1) / WIDTH;
    int to = from;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    return symbols.intern(bytes, from, to);
  }
}
