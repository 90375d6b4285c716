package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of words as far as left-hand sides can tell them apart: which of them are named by a rule,
 * and how many others there are. Words are folded symbols. Immutable but for the trees that begin
 * with it.
 */
final class Shape {
  /** A word that no left-hand side names. */
  static final int OTHER = -1;

  final int hash;
  final int[] words;
  private @Nullable Entry entries;

  /** Where a rule set begins with a workspace of this shape. */
  static final class Entry {
    final int ruleSet;
    private final @Nullable Entry next;

    /** How often it began; approximate. */
    int count;

    /** Null until it is worth while. */
    @Nullable TreeNode start;

    private Entry(int ruleSet, @Nullable Entry next) {
      this.ruleSet = ruleSet;
      this.next = next;
    }
  }

  Shape(int[] words, int count, int hash) {
    this.words = Arrays.copyOf(words, count);
    this.hash = hash;
  }

  boolean is(int[] others, int count, int otherHash) {
    if (hash != otherHash || words.length != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (words[i] != others[i]) {
        return false;
      }
    }
    return true;
  }

  /** The entry of a rule set; a lost one only costs the count. */
  Entry entry(int ruleSet) {
    for (Entry e = entries; e != null; e = e.next) {
      if (e.ruleSet == ruleSet) {
        return e;
      }
    }
    Entry made = new Entry(ruleSet, entries);
    entries = made;
    return made;
  }
}
