package postern.text;

import org.jspecify.annotations.Nullable;

/**
 * Macro values by number, on top of an outer scope that is asked when a macro has no value here. An
 * empty value is a value. Not thread-safe; an outer scope is shared only when nobody changes it.
 */
public final class Macros {
  private final @Nullable Macros outer;
  private final @Nullable Bytes[] values = new Bytes[MacroNames.LIMIT];
  private final boolean[] present = new boolean[MacroNames.LIMIT];

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
      if (scope.present[id]) {
        return scope.values[id];
      }
      scope = scope.outer;
    }
    return null;
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
    present[id] = true;
    Bytes slot = values[id];
    if (slot == null) {
      slot = new Bytes(16);
      values[id] = slot;
    }
    return slot;
  }

  /** Takes the value of this scope away; an outer one shows again. */
  public void unset(int id) {
    present[id] = false;
  }

  /** Takes all values of this scope away. */
  public void clear() {
    java.util.Arrays.fill(present, false);
  }
}
