package postern.cli;

import postern.text.Bytes;
import postern.text.Macros;

/** Macros that tell of each change before it is made. */
final class WatchedMacros extends Macros {
  private final DebugLines lines;

  WatchedMacros(Macros outer, DebugLines lines) {
    super(outer);
    this.lines = lines;
  }

  /** Sets a value without a word. */
  void begin(int id, Bytes value) {
    super.set(id, value);
  }

  @Override
  public void set(int id, String value) {
    lines.defining(this, id, value);
    super.set(id, value);
  }

  @Override
  public void set(int id, Bytes value) {
    if (lines.hearsMacros()) {
      lines.defining(this, id, value.toString());
    }
    super.set(id, value);
  }

  @Override
  public void unset(int id) {
    lines.defining(this, id, null);
    super.unset(id);
  }
}
