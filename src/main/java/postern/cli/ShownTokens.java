package postern.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.text.MacroNames;
import postern.text.Symbols;
import postern.text.TokenText;

/**
 * Tokens as address test mode shows them in the plain style, each with the blank in front of it:
 * printed once, then kept as long as the symbol means the same text.
 */
final class ShownTokens {
  private final MacroNames names;
  private @Nullable String[] inherited = {};
  private @Nullable String[] own = {};
  private @Nullable Symbols symbols;
  private int generation;

  ShownTokens(MacroNames names) {
    this.names = names;
  }

  void append(Symbols table, int id, StringBuilder out) {
    if (symbols != table || generation != table.generation()) {
      symbols = table;
      generation = table.generation();
      Arrays.fill(own, null);
    }
    boolean local = Symbols.isLocal(id);
    int slot = Symbols.slot(id);
    @Nullable String[] known = local ? own : inherited;
    String text = slot < known.length ? known[slot] : null;
    if (text == null) {
      String bytes = table.text(id);
      StringBuilder shown = new StringBuilder(" ");
      TokenText.print(bytes, names, shown);
      text = shown.toString();
      if (lasts(bytes)) {
        if (slot >= known.length) {
          known = Arrays.copyOf(known, Math.max(slot + 1, 2 * known.length));
          if (local) {
            own = known;
          } else {
            inherited = known;
          }
        }
        known[slot] = text;
      }
    }
    out.append(text);
  }

  /** What names a macro or class may be shown otherwise once that has got a long name. */
  private static boolean lasts(String bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) >= 0x80) {
        return bytes.length() == 1;
      }
    }
    return true;
  }
}
