package postern.offline.replay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.offline.SessionRecord;

/**
 * Answers of one hook by the facts that they rest on. A rule set is a function of its arguments and
 * of the macros that it reads, and which one it reads next depends on those before: so the answers
 * form a tree, whose branches are values. Of bounded size: when it is full it is emptied.
 */
final class Memo {
  private final int most;
  private Object root = EMPTY;
  private int answers;
  private long emptied;

  private static final Object EMPTY = new Object();

  /** Where a fact decides how it goes on: a {@link Branch}, or a {@link Ruling}. */
  private static final class Branch {
    final Key key;
    // Most branches have one way only.
    private String value;
    Object next;
    private @Nullable Map<String, Object> more;

    Branch(Key key, String value, Object next) {
      this.key = key;
      this.value = value;
      this.next = next;
    }

    @Nullable Object get(String wanted) {
      if (value.equals(wanted)) {
        return next;
      }
      return more == null ? null : more.get(wanted);
    }

    void put(String wanted, Object to) {
      if (value.equals(wanted)) {
        next = to;
        return;
      }
      Map<String, Object> map = more;
      if (map == null) {
        map = new HashMap<>(4);
        more = map;
      }
      map.put(wanted, to);
    }
  }

  /**
   * An empty memo.
   *
   * @param most answers at most
   */
  Memo(int most) {
    this.most = most;
  }

  /** The answer for sessions like this one, or null. */
  @Nullable Ruling find(SessionRecord record) {
    Object at = root;
    while (at instanceof Branch branch) {
      Object next = branch.get(branch.key.value(record));
      if (next == null) {
        return null;
      }
      at = next;
    }
    return at instanceof Ruling ruling ? ruling : null;
  }

  /** The first fact on the way to the answer that {@code record} does not know, or null. */
  @Nullable Key unknown(SessionRecord record) {
    Object at = root;
    while (at instanceof Branch branch) {
      if (branch.key.isUnknown(record)) {
        return branch.key;
      }
      Object next = branch.get(branch.key.value(record));
      if (next == null) {
        return null;
      }
      at = next;
    }
    return null;
  }

  /** Nothing is known any more. */
  void forget() {
    root = EMPTY;
    answers = 0;
  }

  /** Keeps an answer that rests on {@code keys}, in this order. */
  void put(SessionRecord record, List<Key> keys, Ruling ruling) {
    if (answers >= most) {
      forget();
      emptied++;
    }
    answers++;
    if (keys.isEmpty()) {
      root = ruling;
      return;
    }
    Branch parent = null;
    String way = "";
    Object at = root;
    int i = 0;
    while (i < keys.size() && at instanceof Branch branch && branch.key == keys.get(i)) {
      parent = branch;
      way = branch.key.value(record);
      Object next = branch.get(way);
      i++;
      if (next == null) {
        break;
      }
      at = next;
    }
    Object made = ruling;
    for (int k = keys.size() - 1; k >= i; k--) {
      made = new Branch(keys.get(k), keys.get(k).value(record), made);
    }
    if (parent == null) {
      root = made;
    } else {
      parent.put(way, made);
    }
  }

  /** How often it was full. */
  long emptied() {
    return emptied;
  }
}
