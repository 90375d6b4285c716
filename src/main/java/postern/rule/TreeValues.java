package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/** What the variables of a tree hold while it is run. */
final class TreeValues {
  /** Most variables. */
  static final int MOST = 2 * DecisionTree.MOST_TOKENS;

  final int[] tokens = new int[MOST + 2];

  // For the first variable that a text filled: the text.
  private final @Nullable SplitText[] sources = new SplitText[MOST + 2];
  private final int[] editions = new int[MOST + 2];

  /** The variables from {@code from} on hold the tokens of {@code text}. */
  void cameFrom(int from, SplitText text) {
    if (sources[from] != text) { // storing it costs more than looking
      sources[from] = text;
    }
    editions[from] = text.edition();
  }

  /**
   * The text whose tokens, which fill the variables from {@code from} on, give it again when they
   * are joined; null if there is none any more.
   */
  @Nullable Bytes whole(int from) {
    SplitText text = sources[from];
    return text != null && text.edition() == editions[from] ? text.whole() : null;
  }
}
