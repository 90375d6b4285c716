package postern.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Macro values by number, on top of an outer scope that is asked when a macro has no value here. An
 * empty value is a value. Takes next to no memory until a macro is set. Not thread-safe; an outer
 * scope is shared only when nobody changes it.
 */
public class Macros {
  private static final @Nullable Bytes[] NOTHING = new Bytes[0];

  private final @Nullable Macros outer;
  // A value that was taken away stays in its slot to be filled again; the bits say what counts.
  private @Nullable Bytes[] values = NOTHING;
  private long[] present = {};

  public Macros() {
    this(null);
  }

  public Macros(@Nullable Macros outer) {
    this.outer = outer;
  }

  /** The value, or null if the macro is not defined. Valid until the macro changes. */
  public @Nullable Bytes get(int id) {
    Macros scope = this;
    while (scope != null) {
      if (scope.has(id)) {
        return scope.values[id];
      }
      scope = scope.outer;
    }
    return null;
  }

  /** Whether the macro has a value in this scope itself. */
  public boolean isOwn(int id) {
    return has(id);
  }

  private boolean has(int id) {
    int word = id >> 6;
    return word < present.length && (present[word] >> id & 1) != 0;
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
    if (slot != value) {
      slot.clear();
      slot.append(value);
    }
  }

  private Bytes slot(int id) {
    if (id >= values.length) {
      int size = (id | 31) + 1;
      values = Arrays.copyOf(values, size);
      present = Arrays.copyOf(present, (size + 63) >> 6);
    }
    present[id >> 6] |= 1L << id;
    Bytes slot = values[id];
    if (slot == null) {
      slot = new Bytes(16);
      values[id] = slot;
    }
    return slot;
  }

  /** Takes the value of this scope away; an outer one shows again. */
  public void unset(int id) {
    if (has(id)) {
      present[id >> 6] &= ~(1L << id);
    }
  }

  /** Takes all values of this scope away. */
  public void clear() {
    Arrays.fill(present, 0);
  }
}
