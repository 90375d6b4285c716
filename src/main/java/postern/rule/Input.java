package postern.rule;

import postern.text.Bytes;
import postern.text.Prescan;
import postern.text.Symbols;

/** Splits the texts that evaluations begin with; the same ones in a row are split once. */
final class Input {
  private static final int MOST_KNOWN = 3;

  private final Symbols symbols;
  private final Prescan prescan;
  // The first texts of the last evaluation, in their order, and how many this one has had.
  private final InputText[] known = new InputText[MOST_KNOWN];
  private int had;

  private int[] tokens = {};
  private int count;
  private int end;
  private boolean tooLong;
  private boolean plain;

  Input(Symbols symbols, Prescan prescan) {
    this.symbols = symbols;
    this.prescan = prescan;
    for (int i = 0; i < known.length; i++) {
      known[i] = new InputText();
    }
  }

  /** An evaluation begins. */
  void begin() {
    had = 0;
  }

  /**
   * Splits {@code bytes[from, to)}; see {@link Machine#add(byte[], int, int, byte[], boolean, int,
   * Prescan.Reporter)}.
   *
   * @param behind who wants to know where the words are
   */
  boolean split(
      byte[] bytes,
      int from,
      int to,
      byte[] table,
      boolean tolerant,
      int delimiter,
      Leftovers behind,
      Prescan.Reporter reporter) {
    InputText text = had < MOST_KNOWN ? known[had++] : null;
    int now = symbols.generation();
    if (text != null
        && text.is(bytes, from, to, table, tolerant, delimiter, now)
        && !reporter.watches()) {
      tokens = text.tokens();
      count = text.count();
      end = from + text.end();
      tooLong = false;
      plain = true;
      behind.typedAgain(tokens, count);
      return count > 0;
    }
    prescan.memory(null);
    boolean found =
        prescan.scan(bytes, from, to, delimiter, table, tolerant, Prescan.ADDRESS_ROOM, reporter);
    tokens = prescan.tokens();
    count = prescan.count();
    end = prescan.end();
    tooLong = prescan.isTooLong();
    plain = prescan.isPlain();
    Bytes rest = prescan.isFailed() ? prescan.pending() : null;
    behind.typed(tokens, prescan.written(), rest);
    if (plain && text != null) {
      text.become(bytes, from, to, table, tolerant, delimiter, now, prescan);
    }
    return found;
  }

  /** The words, valid up to {@link #count} and until the next text. */
  int[] tokens() {
    return tokens;
  }

  int count() {
    return count;
  }

  /** Where the splitter stopped. */
  int end() {
    return end;
  }

  /** Whether the text does not fit. */
  boolean isTooLong() {
    return tooLong;
  }

  /** Whether the splitter met nothing unusual. */
  boolean isPlain() {
    return plain;
  }
}
