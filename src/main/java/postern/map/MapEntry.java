package postern.map;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * One declared map: its flags, and the {@link LookupMap} behind it, opened at the first look-up. A
 * map that cannot be opened fails temporarily from then on; an optional one is silently empty.
 */
public final class MapEntry {
  private enum State {
    CLOSED,
    OPEN,
    DEAD,
    FAILED
  }

  private final String name;
  private final MapFlags flags = new MapFlags();
  private String className = "";
  private @Nullable LookupMap map;
  private volatile State state = State.CLOSED;

  MapEntry(String name) {
    this.name = name;
  }

  /** The name, in the spelling of its declaration. */
  public String name() {
    return name;
  }

  public String className() {
    return className;
  }

  public MapFlags flags() {
    return flags;
  }

  void become(String newClass, @Nullable LookupMap newMap) {
    className = newClass;
    map = newMap;
    state = State.CLOSED;
  }

  /** Whether a look-up may wait. */
  public boolean mayBlock() {
    return map != null && map.mayBlock();
  }

  /** Whether the map is optional and could not be opened, for good. */
  public boolean isDead() {
    return state == State.DEAD;
  }

  /** See {@link LookupMap#refresh}. */
  public void refresh() {
    LookupMap open = map;
    if (open != null && state == State.OPEN) {
      open.refresh();
    }
  }

  /** Opens the map if that has not been tried yet; says whether it can answer. */
  public boolean open(Query.Problems problems) {
    if (state == State.OPEN) {
      return true;
    }
    LookupMap closed = map;
    if (closed == null) {
      return false;
    }
    synchronized (this) {
      if (state == State.CLOSED) {
        try {
          closed.open();
          state = State.OPEN;
        } catch (MapUnavailableException e) {
          if (flags.optional && e.absent()) {
            state = State.DEAD;
          } else {
            state = State.FAILED;
            problems.report(String.valueOf(e.getMessage()), e.reason());
          }
        }
      }
    }
    return state == State.OPEN;
  }

  /**
   * Looks up with everything that the flags ask for, except the joining of the key: {@code -q},
   * {@code -T}, {@code -t}.
   */
  public void lookup(Query query, Answer answer) {
    if (!flags.keepQuotes) {
      stripQuotes(query.key());
    }
    lookupRaw(query, answer);
    if (answer.status() == Answer.TEMPORARY_FAILURE && flags.hasTempFailSuffix) {
      Bytes value = answer.substituted();
      value.append(query.key());
      value.append(flags.tempFailSuffix);
    }
  }

  /** Whether a temporary failure of this map is to count as one. */
  public boolean temporaryFailuresCount() {
    return !flags.tempFailIgnored;
  }

  /** The bare look-up of {@code /map}: no quote stripping, no {@code -T}. */
  public void lookupRaw(Query query, Answer answer) {
    if (open(query.problems())) {
      java.util.Objects.requireNonNull(map).lookup(query, answer);
    } else {
      answer.missing(state == State.DEAD ? Answer.OK : Answer.TEMPORARY_FAILURE);
    }
  }

  /** Removes double quotes and makes {@code \c} a plain {@code c}. */
  public static void stripQuotes(Bytes text) {
    byte[] array = text.array();
    int n = text.length();
    int to = 0;
    for (int i = 0; i < n; i++) {
      byte b = array[i];
      if (b == '\\') {
        i++;
        if (i < n) {
          array[to++] = array[i];
        }
      } else if (b != '"') {
        array[to++] = b;
      }
    }
    text.truncate(to);
  }

  /**
   * Writes {@code value} as this map's answer: {@code %n} filled in unless only matching was asked
   * for, then the {@code -a} text.
   */
  static void format(
      MapFlags flags, byte[] value, int from, int to, Query query, Answer answer, Bytes key) {
    Bytes out = answer.found();
    if (flags.matchOnly) {
      out.append(key);
    } else {
      for (int i = from; i < to; i++) {
        int b = value[i] & 0xff;
        if (b != '%') {
          out.append(b);
          continue;
        }
        i++;
        if (i >= to) {
          out.append('%');
        } else if (value[i] == '%') {
          out.append('%');
        } else if (value[i] >= '0' && value[i] <= '9') {
          int n = value[i] - '0';
          if (n == 0) {
            out.append(query.key());
          } else if (n <= query.arguments()) {
            out.append(query.argument(n));
          }
        } else {
          out.append('%');
          out.append(value[i] & 0xff);
        }
      }
    }
    out.append(flags.append);
  }
}
