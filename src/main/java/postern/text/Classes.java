package postern.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Class members by class number. Membership ignores case; all classes share one table of words, and
 * a word keeps the spelling in which any class met it first (sendmail's symbol table).
 */
public final class Classes {
  private static final int BUCKETS = 2003;

  private final Symbols symbols;
  private final @Nullable Members[] classes = new Members[MacroNames.LIMIT];
  private final List<Word> words = new ArrayList<>();
  private final java.util.Map<Integer, Word> bySymbol = new java.util.HashMap<>();

  private int version;

  private static final class Word {
    final String spelling;
    final int bucket;
    final BitSet classes = new BitSet();

    Word(String spelling) {
      this.spelling = spelling;
      int h = 1;
      for (int i = 0; i < spelling.length(); i++) {
        int c = Symbols.lower((byte) spelling.charAt(i)) & 0xff;
        h = ((h << 1) ^ c) % BUCKETS;
      }
      bucket = h;
    }
  }

  /** Members of one class as symbols of their lower-case texts. */
  private static final class Members {
    final BitSet symbols = new BitSet();
    final long[] bytes = new long[4];
    int longest;

    void add(int symbol, String word) {
      symbols.set(symbol);
      longest = Math.max(longest, word.length());
      for (int i = 0; i < word.length(); i++) {
        int b = word.charAt(i) & 0xff;
        bytes[b >> 6] |= 1L << b;
      }
    }

    boolean holdsAny(long[] set) {
      return ((bytes[0] & set[0]) | (bytes[1] & set[1]) | (bytes[2] & set[2]) | (bytes[3] & set[3]))
          != 0;
    }
  }

  public Classes(Symbols symbols) {
    this.symbols = symbols;
  }

  /** Adds {@code word} to class {@code id}. */
  public void add(int id, String word) {
    version++;
    int symbol = symbols.fold(symbols.intern(word));
    Word entry =
        bySymbol.computeIfAbsent(
            symbol,
            s -> {
              Word made = new Word(word);
              words.add(made);
              return made;
            });
    entry.classes.set(id);
    Members members = classes[id];
    if (members == null) {
      members = new Members();
      classes[id] = members;
    }
    members.add(symbol, word);
  }

  /** Changes with every word that is added. */
  public int version() {
    return version;
  }

  /**
   * Whether a member of class {@code id} has a byte of {@code set}, 256 bits. Without any of the
   * bytes that split words it cannot match more than one token.
   */
  public boolean holdsAny(int id, long[] set) {
    Members members = classes[id];
    return members != null && members.holdsAny(set);
  }

  /** Whether {@code symbol}, a folded one, is a member of class {@code id}. */
  public boolean contains(int id, int symbol) {
    Members members = classes[id];
    return members != null && symbol >= 0 && symbol < (1 << 30) && members.symbols.get(symbol);
  }

  /** Whether {@code text} is a member of class {@code id}. */
  public boolean contains(int id, String text) {
    byte[] lower = new byte[text.length()];
    for (int i = 0; i < lower.length; i++) {
      lower[i] = Symbols.lower((byte) text.charAt(i));
    }
    int symbol = symbols.find(lower, 0, lower.length);
    return contains(id, symbol);
  }

  /** Length in bytes of the longest member; -1 for an empty class. */
  public int longest(int id) {
    Members members = classes[id];
    return members == null ? -1 : members.longest;
  }

  /** The members in the order in which sendmail lists them: by hash bucket, then by first entry. */
  public List<String> list(int id) {
    return words.stream()
        .filter(w -> w.classes.get(id))
        .sorted(java.util.Comparator.comparingInt(w -> w.bucket))
        .map(w -> w.spelling)
        .toList();
  }

  /** Adds all present members of class {@code from} to class {@code to}. */
  public void addAll(int to, int from) {
    for (String word : list(from)) {
      add(to, word);
    }
  }
}
