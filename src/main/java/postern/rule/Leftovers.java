package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * What lies behind the end of the outermost workspace, and in the memory that texts are split into.
 * Address test mode shows it where sendmail does ({@link SplitMemory}); servers do without.
 */
interface Leftovers {
  /** Nothing. */
  Leftovers NONE = new Leftovers() {};

  /** The same for a machine that goes on where another one stopped. */
  default Leftovers of(Machine other) {
    return NONE;
  }

  /** Says who runs rule sets, from 0: each splits into memory of its own. */
  default void caller(int number) {}

  /**
   * No workspace is in use any more.
   *
   * @param renewed whether the table of symbols is going to be emptied
   */
  default void clear(boolean renewed) {}

  /**
   * A text was split for a rule set.
   *
   * @param words {@code words[0, n)} become symbols that stand for a word in its place only
   * @param rest the beginning of a word that had no room, null if all went well
   */
  default void typed(int[] words, int n, @Nullable Bytes rest) {}

  /** The same once more; {@code words[0, n)} are what {@link #typed} has made of them. */
  default void typedAgain(int[] words, int n) {}

  /**
   * The workspace is {@code vector[0, n)}, and ends there. Words that it has had since they were
   * split are still in their places.
   *
   * @param base how many words lie before it
   */
  default void begin(int[] vector, int n, int base) {}

  /** The workspace has become {@code vector[0, n)}, and ends there. */
  default void become(int[] vector, int n, int base) {}

  /** What was in the workspace is put back, but not its end. */
  default void restore(int[] vector, int n, int base) {}

  /** The workspace has been left as {@code vector[0, n)}: words in their places, as they are. */
  default void settle(int[] vector, int n, int base) {}

  /** {@code words[0, n)} were copied, and stand elsewhere now. */
  default void copied(int[] words, int n) {}

  /** What the memory holds into which a rule at {@code level} splits values; null if unknown. */
  default byte @Nullable [] memory(int level) {
    return null;
  }

  /** A rule at {@code level} split a value; see {@link #typed}. */
  default void split(int level, int[] words, int n, @Nullable Bytes rest) {}

  /**
   * Joins the words of an argument if some of them stand where it goes: then they change while they
   * are read.
   *
   * @param at see {@link #argument}
   * @param room for the text, its end included
   * @return whether there was such a word
   */
  default boolean join(
      int level, int at, int[] words, int from, int to, int separator, int room, Bytes out) {
    return false;
  }

  /** An argument for a map lies {@code at} bytes from the beginning of where values are split. */
  default void argument(int level, int at, Bytes argument) {}

  /**
   * Writes what follows after a text that could not be split to its end.
   *
   * @param vector holds its first {@code n} words
   * @param known how many words there are in all as far as the caller knows
   * @return how many there are
   */
  default int follow(int[] vector, int n, int base, int known) {
    return known;
  }
}
