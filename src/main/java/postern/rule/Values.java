package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.Numbers;
import postern.text.Bytes;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.Prescan;
import postern.text.Symbols;

/**
 * The words of run-time macros and of answers, split once for as long as they stay what they are.
 */
final class Values {
  /** A text without words. */
  static final SplitText EMPTY = new SplitText();

  private static final Bytes[] TRUTHS = {Bytes.of(Numbers.FALSE), Bytes.of(Numbers.TRUE)};

  private final Program program;
  private final Symbols symbols;
  private final Prescan prescan;
  private final @Nullable SplitText[] macros = new SplitText[MacroNames.LIMIT];
  private final @Nullable SplitText[] truths = new SplitText[TRUTHS.length];

  Values(Program program, Symbols symbols, Prescan prescan) {
    this.program = program;
    this.symbols = symbols;
    this.prescan = prescan;
  }

  private byte[] table() {
    return program.tables().external();
  }

  /** The words of macro {@code id} if they are known from an earlier time. */
  @Nullable SplitText known(int id, Bytes value) {
    SplitText known = macros[id];
    return known != null && known.is(value, symbols.generation(), table()) ? known : null;
  }

  /** The value of macro {@code id} has just been split, and nothing was complained of. */
  void keep(int id, Bytes value) {
    macros[id] = become(macros[id], value);
  }

  // For decision trees.

  /** The words of a run-time macro; EMPTY if it has no value, null if it is not a plain one. */
  @Nullable SplitText split(int id, Macros scope) {
    Bytes value = scope.get(id);
    if (value == null || value.isEmpty()) {
      return EMPTY;
    }
    SplitText known = macros[id];
    if (known != null && known.is(value, symbols.generation(), table(), value, value.edition())) {
      return known;
    }
    SplitText text = splitAnew(value, known);
    if (text != null) {
      macros[id] = text;
    }
    return text;
  }

  /**
   * The words of what a map has just answered; EMPTY if that is nothing, null if it is not a plain
   * text.
   *
   * @param known where such an answer may have been split before
   */
  @Nullable SplitText split(Answer answer, @Nullable SplitText known) {
    Object origin = answer.origin();
    int place = answer.place();
    if (known != null
        && origin != null
        && known.isFrom(origin, place, symbols.generation(), table())) {
      return known;
    }
    Bytes value = answer.value();
    if (value.isEmpty()) {
      return EMPTY;
    }
    SplitText text = split(value, known);
    if (text != null && origin != null) {
      text.cameFrom(origin, place);
    }
    return text;
  }

  /** The words of a truth value, null if they cannot be had. */
  @Nullable SplitText truth(boolean holds) {
    int which = holds ? 1 : 0;
    SplitText text = split(TRUTHS[which], truths[which]);
    if (text != null) {
      truths[which] = text;
    }
    return text;
  }

  private @Nullable SplitText split(Bytes value, @Nullable SplitText known) {
    return known != null && known.is(value, symbols.generation(), table())
        ? known
        : splitAnew(value, known);
  }

  private @Nullable SplitText splitAnew(Bytes value, @Nullable SplitText known) {
    boolean any =
        prescan.scan(
            value.array(),
            0,
            value.length(),
            0,
            table(),
            false,
            Prescan.ADDRESS_ROOM,
            Prescan.Reporter.SILENT);
    return any && prescan.isPlain() ? become(known, value) : null;
  }

  private SplitText become(@Nullable SplitText known, Bytes value) {
    SplitText text = known == null ? new SplitText() : known;
    text.become(value, symbols.generation(), table(), prescan);
    return text;
  }
}
