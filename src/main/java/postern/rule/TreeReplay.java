package postern.rule;

import org.jspecify.annotations.Nullable;

/**
 * What came in from outside while a tree ran that did not reach the end: when the interpreter does
 * the same from the beginning, macros have for it the values that they had, and maps are not asked
 * twice.
 */
final class TreeReplay {
  /** There is nothing left: the map must be asked. */
  static final int OVER = -1;

  /** The map has been asked just now and has an answer, which has not been looked at. */
  static final int ASKED = -2;

  /** There was no answer. */
  static final int MISSING = -3;

  private TreeState.@Nullable Event[] events = new TreeState.Event[16];
  private int[] variables = {};
  private int[] tokens = new int[64];
  private int next;
  private int count;
  private boolean on;
  private boolean asked;
  private boolean found;
  private boolean failed;
  private boolean lastFailed;

  void begin(TreeState.@Nullable Event last, int[] values) {
    variables = values;
    next = 0;
    count = last == null ? 0 : last.number() + 1;
    if (count > events.length) {
      events = new TreeState.Event[count * 2];
    }
    for (TreeState.Event e = last; e != null; e = e.before()) {
      events[e.number()] = e;
    }
    asked = false;
    on = count > 0;
  }

  /** The same; after these events a map was asked. */
  void begin(TreeState.@Nullable Event last, int[] values, boolean wasFound, boolean hasFailed) {
    begin(last, values);
    on = true;
    asked = true;
    found = wasFound;
    failed = hasFailed;
  }

  void end() {
    on = false;
  }

  boolean isOn() {
    return on;
  }

  /** How many tokens a macro had; {@link #OVER} if that is not known. */
  int macro(int id) {
    if (next == count) {
      return OVER;
    }
    TreeState.Event e = next();
    if (e.macro() != id) {
      throw new IllegalStateException("not the macro that the tree read");
    }
    return take(e);
  }

  /** How many tokens a map answered, or one of the constants. */
  int lookup() {
    if (next == count) {
      if (!asked) {
        return OVER;
      }
      asked = false;
      lastFailed = failed;
      return found ? ASKED : MISSING;
    }
    TreeState.Event e = next();
    if (e.macro() >= 0) {
      throw new IllegalStateException("not the look-up that the tree made");
    }
    lastFailed = e.failed();
    return e.found() ? take(e) : MISSING;
  }

  /** Whether that look-up failed for the time being, and that counts. */
  boolean hasFailed() {
    return lastFailed;
  }

  /** The tokens. */
  int[] tokens() {
    return tokens;
  }

  private TreeState.Event next() {
    return java.util.Objects.requireNonNull(events[next++]);
  }

  private int take(TreeState.Event e) {
    if (e.count() > tokens.length) {
      tokens = new int[e.count() * 2];
    }
    System.arraycopy(variables, e.from(), tokens, 0, e.count());
    return e.count();
  }
}
