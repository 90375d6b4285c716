package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Prescan;
import postern.text.TokenTables;

/** The tokens of a text that was split before, as long as it is the same text. */
final class SplitText {
  private static final int[] NOTHING = {};

  private final Bytes text = new Bytes();
  // Where the text was found last: as long as that has not changed, it need not be compared.
  private @Nullable Object source;
  private int sourcePlace;
  private int generation = -1;
  private byte[] table = {};
  int[] tokens = NOTHING;
  int count;

  // Their shape in a tree, once that has been asked for.
  private @Nullable DecisionTree tree;
  private @Nullable Shape shape;
  private int edition;
  private boolean whole;

  /** Whether it holds the tokens of {@code value}. */
  boolean is(Bytes value, int now, byte[] by) {
    return generation == now && table == by && text.equalTo(value);
  }

  /**
   * The same for a value that need not be compared if it is found where it was found last.
   *
   * @param origin what has it
   * @param place which of those it has had, or has
   */
  boolean is(Bytes value, int now, byte[] by, Object origin, int place) {
    if (isFrom(origin, place, now, by)) {
      return true;
    }
    if (!is(value, now, by)) {
      return false;
    }
    cameFrom(origin, place);
    return true;
  }

  /** Whether it holds the tokens of the value that is known to be found there. */
  boolean isFrom(Object origin, int place, int now, byte[] by) {
    return source == origin && sourcePlace == place && generation == now && table == by;
  }

  /** The value was found there. */
  void cameFrom(Object origin, int place) {
    source = origin;
    sourcePlace = place;
  }

  /** Changes with every {@link #become}. */
  int edition() {
    return edition;
  }

  /** The text, if nothing of it got lost when it was split; else null. */
  @Nullable Bytes whole() {
    return whole ? text : null;
  }

  /** It now holds the tokens of a plain text. */
  void become(Bytes value, int now, byte[] by, Prescan scanned) {
    edition++;
    source = null;
    whole = true;
    for (int i = 0; i < value.length(); i++) {
      whole &= by[value.at(i)] != TokenTables.SPACE;
    }
    text.clear();
    text.append(value);
    generation = now;
    table = by;
    count = scanned.count();
    if (count > tokens.length) {
      tokens = new int[count];
    }
    System.arraycopy(scanned.tokens(), 0, tokens, 0, count);
    tree = null;
  }

  /** Whether {@link #shape()} is the one of the tokens in this tree. */
  boolean isShapedBy(DecisionTree by) {
    return tree == by;
  }

  @Nullable Shape shape() {
    return shape;
  }

  void shape(DecisionTree by, @Nullable Shape found) {
    tree = by;
    shape = found;
  }
}
