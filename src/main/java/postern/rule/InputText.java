package postern.rule;

import postern.text.ByteRuns;
import postern.text.Bytes;
import postern.text.Prescan;

/**
 * A text that was split for a workspace, and its tokens: evaluations one after the other often
 * begin with the same words, such as what {@code ${verify}} says. Never holds a result of rules.
 */
final class InputText {
  private final Bytes text = new Bytes();
  private byte[] table = {};
  private boolean tolerant;
  private int delimiter;
  private int generation = -1;
  private int[] tokens = {};
  private int count;
  private int end;

  /**
   * Whether splitting these bytes in this way gives {@link #tokens}.
   *
   * @param now see {@link postern.text.Symbols#generation}
   */
  boolean is(byte[] bytes, int from, int to, byte[] by, boolean isTolerant, int until, int now) {
    int n = to - from;
    return n == text.length()
        && generation == now
        && table == by
        && delimiter == until
        && tolerant == isTolerant
        && ByteRuns.same(bytes, from, text.array(), 0, n);
  }

  /** It now holds what was split last, in which there was nothing unusual. */
  void become(
      byte[] bytes,
      int from,
      int to,
      byte[] by,
      boolean isTolerant,
      int until,
      int now,
      Prescan scanned) {
    text.clear();
    text.append(bytes, from, to);
    table = by;
    tolerant = isTolerant;
    delimiter = until;
    generation = now;
    end = scanned.end() - from;
    count = scanned.count();
    if (count > tokens.length) {
      tokens = new int[count];
    }
    System.arraycopy(scanned.tokens(), 0, tokens, 0, count);
  }

  int[] tokens() {
    return tokens;
  }

  int count() {
    return count;
  }

  /** Where the splitter stopped, from the first byte. */
  int end() {
    return end;
  }
}
