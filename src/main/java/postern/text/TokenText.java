package postern.text;

/**
 * Tokens back to text: re-joined for keys, macro values and class look-ups, or printed the way
 * address test mode shows them.
 */
public final class TokenText {
  private TokenText() {}

  /**
   * Joins {@code tokens[from, to)}; {@code separator} goes between two tokens only if both begin
   * with an ordinary character (so {@code a b} keeps its blank and {@code a.b} gets none).
   *
   * @param separator a byte, or 0 for none
   * @param external whether double quotes are left out
   * @param room most bytes {@code out} may hold afterwards; the rest is cut silently
   */
  public static void join(
      Symbols symbols,
      TokenTables tables,
      int[] tokens,
      int from,
      int to,
      int separator,
      boolean external,
      int room,
      Bytes out) {
    boolean atom = false;
    for (int i = from; i < to; i++) {
      int token = tokens[i];
      boolean next = tables.isAtom(symbols.first(token));
      if (atom && next && separator != 0 && out.length() < room) {
        out.append(separator);
      }
      atom = next;
      if (!external) {
        symbols.append(token, out);
      } else {
        int n = symbols.length(token);
        for (int j = 0; j < n; j++) {
          int b = symbols.at(token, j);
          if (b != '"' || out.length() >= room) {
            out.append(b);
          }
        }
      }
      if (out.length() > room) {
        out.truncate(room);
        return;
      }
    }
  }

  /** Prints one token or text: metasymbols in their {@code $} form, other oddities as 7.4 says. */
  public static void print(String text, MacroNames names, StringBuilder out) {
    int i = 0;
    while (i < text.length()) {
      int c = text.charAt(i++);
      if (c >= 0x80) {
        if (c == Meta.REPL) {
          out.append('$');
          if (i < text.length()) {
            printByte(text.charAt(i++), out);
          }
          continue;
        }
        if (c == Meta.EXPAND || c == Meta.DEXPAND) {
          out.append(c == Meta.EXPAND ? "$" : "$&");
          if (i < text.length() && "=~&?".indexOf(text.charAt(i)) >= 0) {
            out.append(text.charAt(i++));
          }
          i = printName(text, i, names, out);
          continue;
        }
        char name = Meta.nameOf(c);
        if (name != 0) {
          out.append('$').append(name);
          if (c == Meta.CLASS || c == Meta.NOT_CLASS) {
            i = printName(text, i, names, out);
          }
          continue;
        }
        out.append("M-");
        c &= 0x7f;
      }
      printByte(c, out);
    }
  }

  private static int printName(String text, int at, MacroNames names, StringBuilder out) {
    if (at < text.length()) {
      int c = text.charAt(at);
      if (c >= 0x80) {
        out.append(names.display(c));
      } else {
        out.append((char) c);
      }
      return at + 1;
    }
    return at;
  }

  private static void printByte(int c, StringBuilder out) {
    if (c >= ' ' && c < 0x7f) {
      out.append((char) c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (c == '\t') {
      out.append("\\t");
    }
  }
}
