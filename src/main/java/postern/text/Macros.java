package postern.text;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Macro values by number, on top of an outer scope that is asked when a macro has no value here. An
 * empty value is a value. Takes room for what is set, not for what could be: each connection has
 * scopes of its own, with a dozen of some hundred macros. Not thread-safe; an outer scope is shared
 * only when nobody changes it.
 */
public class Macros {
  private static final @Nullable Bytes[] NOTHING = new Bytes[0];
  private static final long[] NONE = {};
  private static final int[] NOBODY = {};
  private static final int STEP = 4;

  private final @Nullable Macros outer;

  /**
   * One bit for each macro that was ever set here; {@link #values} are in the order of the bits.
   */
  private long[] held = NONE;

  /** One bit for each macro that has a value: one that was taken away may be filled again. */
  private long[] present = NONE;

  /** How many bits there are in the words of {@link #held} before each. */
  private int[] before = NOBODY;

  private @Nullable Bytes[] values = NOTHING;
  private int count;

  public Macros() {
    this(null);
  }

  public Macros(@Nullable Macros outer) {
    this.outer = outer;
  }

  /**
   * The value, or null if the macro is not defined. Valid until the macro changes; the same object
   * with the same {@link Bytes#edition} is the same value.
   */
  public @Nullable Bytes get(int id) {
    Macros scope = this;
    while (scope != null) {
      if (has(scope.present, id)) {
        return scope.values[scope.rank(id)];
      }
      scope = scope.outer;
    }
    return null;
  }

  /** Whether the macro has a value in this scope itself. */
  public boolean isOwn(int id) {
    return has(present, id);
  }

  private static boolean has(long[] bits, int id) {
    int word = id >> 6;
    return word < bits.length && (bits[word] >> id & 1) != 0;
  }

  /** How many macros with a lower number are held. */
  private int rank(int id) {
    int word = id >> 6;
    return before[word] + Long.bitCount(held[word] & (1L << id) - 1);
  }

  /** The value as text, or null if the macro is not defined. */
  public @Nullable String text(int id) {
    Bytes value = get(id);
    return value == null ? null : value.toString();
  }

  public void set(int id, String value) {
    Bytes slot = slot(id);
    slot.clear();
    slot.append(value);
  }

  /** Copies {@code value}. */
  public void set(int id, Bytes value) {
    Bytes slot = slot(id);
    if (!slot.equalTo(value)) {
      slot.clear();
      slot.append(value);
    }
  }

  private Bytes slot(int id) {
    int word = id >> 6;
    int known = held.length;
    if (word >= known) {
      held = Arrays.copyOf(held, word + 1);
      present = Arrays.copyOf(present, word + 1);
      before = Arrays.copyOf(before, word + 1);
      Arrays.fill(before, known, word + 1, count);
    }
    int rank = rank(id);
    if (!has(held, id)) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count + Math.max(STEP, count >> 2));
      }
      System.arraycopy(values, rank, values, rank + 1, count - rank);
      values[rank] = new Bytes(16);
      count++;
      held[word] |= 1L << id;
      for (int i = word + 1; i < before.length; i++) {
        before[i]++;
      }
    }
    present[word] |= 1L << id;
    return Objects.requireNonNull(values[rank]);
  }

  /** Takes the value of this scope away; an outer one shows again. */
  public void unset(int id) {
    if (isOwn(id)) {
      present[id >> 6] &= ~(1L << id);
    }
  }

  /** Takes all values of this scope away. */
  public void clear() {
    Arrays.fill(present, 0);
  }
}
