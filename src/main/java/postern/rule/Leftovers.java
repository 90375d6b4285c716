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
 * the same memory are read there as it is now.
 *
 * <p>Address test mode shows such workspaces; servers do without.
 */
final class Leftovers {
  /** Where a text was split that a macro stood for. */
  static final int MACRO = 0;

  /** Where the answer of a map was split, or what stands in its place. */
  static final int ANSWER = 1;

  /** Where a rule set split something that another one had called: nobody knows what is there. */
  static final int ELSEWHERE = 2;

  private static final int KINDS = 2;
  private static final int CALLERS = 3;
  private static final int MEMORIES = KINDS * CALLERS;

  private Symbols symbols;
  private final int[] tokens = new int[Machine.MAX_TOKENS + 2];
  // In place of tokens of a table that has been emptied since.
  private final @Nullable String[] texts = new String[tokens.length];
  private final int[] places = new int[tokens.length];
  private final boolean[] ends = new boolean[tokens.length];
  private final byte[][] memory = new byte[MEMORIES][Prescan.ADDRESS_ROOM];
  private final Bytes text = new Bytes();
  private int caller;

  Leftovers(Symbols symbols) {
    this.symbols = symbols;
    Arrays.fill(ends, true);
  }

  /** Who runs rule sets, from 0. */
  void caller(int number) {
    caller = number;
  }

  /** Words are going to be symbols of another table, or of this one after it has been emptied. */
  void moveTo(Symbols other) {
    for (int i = 0; i < tokens.length; i++) {
      if (!ends[i] && texts[i] == null) {
        texts[i] = symbols.text(tokens[i]);
      }
    }
    symbols = other;
  }

  /** The workspace is now {@code vector[0, n)}, and ends there. */
  void become(int[] vector, int n) {
    restore(vector, n);
    ends[n] = true;
  }

  /** What was in the workspace is put back, but not its end. */
  void restore(int[] vector, int n) {
    System.arraycopy(vector, 0, tokens, 0, n);
    Arrays.fill(texts, 0, n, null);
    Arrays.fill(places, 0, n, 0);
    Arrays.fill(ends, 0, n, false);
  }

  /**
   * A text was split.
   *
   * @param kind into which memory
   * @param n how many words there were
   * @param rest the beginning of a word that had no room, null if all went well
   */
  void split(int kind, int[] words, int n, @Nullable Bytes rest) {
    byte[] into = memory[kind == ELSEWHERE ? 0 : caller * KINDS + kind];
    int at = 0;
    for (int i = 0; i < n; i++) {
      tokens[i] = words[i];
      texts[i] = null;
      ends[i] = false;
      places[i] = 0;
      if (kind != ELSEWHERE) {
        places[i] = at * MEMORIES + caller * KINDS + kind + 1;
        text.clear();
        symbols.append(words[i], text);
        at = Math.min(store(into, at, text) + 1, into.length);
        into[at - 1] = 0;
      }
    }
    if (rest == null) {
      ends[n] = true;
    } else if (kind != ELSEWHERE) {
      store(into, at, rest);
    }
  }

  private static int store(byte[] into, int at, Bytes bytes) {
    int n = Math.min(bytes.length(), into.length - at);
    System.arraycopy(bytes.array(), 0, into, at, n);
    return at + n;
  }

  /**
   * Writes what follows after a text that could not be split to its end.
   *
   * @param vector holds its first {@code n} words
   * @return how many words there are in all
   */
  int follow(int[] vector, int n) {
    int k = n;
    while (k < Machine.MAX_TOKENS && !ends[k]) {
      vector[k] = places[k] == 0 ? word(k) : reread(places[k] - 1);
      k++;
    }
    return k;
  }

  private int word(int at) {
    String known = texts[at];
    return known == null ? tokens[at] : symbols.intern(known);
  }

  private int reread(int place) {
    byte[] bytes = memory[place % MEMORIES];
    int from = place / MEMORIES;
    int to = from;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    return symbols.intern(bytes, from, to);
  }
}
