package postern.text;

/**
 * Tokens back to text: re-joined for keys, macro values and class look-ups, or printed the way
 * address test mode shows them.
 */
public final class TokenText {
  private static final String REVERSE = "\u001b[7m";
  private static final String NORMAL = "\u001b[0m";

  /** How metasymbols and bytes that cannot be printed are shown. */
  public enum Style {
    /** Metasymbols in their {@code $} form, controls left out. */
    PLAIN,
    /** The same in reverse video ({@code -dANSI}). */
    REVERSE,
    /** Each byte as a hexadecimal number ({@code -d84.1}). */
    HEX,
    /** Each byte as an octal number ({@code -d84.2}). */
    OCTAL
  }

  // What may stand between the dollar and the name.
  private static final String MARKS = "=~&?";

  private TokenText() {}

  /** Whether sendmail takes the end of {@code text} for the name of a macro, and reads on. */
  static boolean runsOn(String text) {
    int n = text.length();
    return n > 1
        && MARKS.indexOf(text.charAt(n - 1)) >= 0
        && (text.charAt(n - 2) == Meta.EXPAND || text.charAt(n - 2) == Meta.DEXPAND);
  }

  /**
   * Joins {@code tokens[from, to)} onto {@code out}; {@code separator} goes between two tokens only
   * if both begin with an ordinary character (so {@code a b} keeps its blank and {@code a.b} gets
   * none). What does not fit is cut silently, where sendmail cuts it: after {@code room - 3} bytes,
   * or {@code room - 2} if the last of them is a separator.
   *
   * @param separator a byte, or 0 for none
   * @param room size of the buffer that sendmail has for the text
   */
  public static void join(
      Symbols symbols,
      TokenTables tables,
      int[] tokens,
      int from,
      int to,
      int separator,
      int room,
      Bytes out) {
    boolean atom = false;
    int left = room - 2;
    for (int i = from; i < to && left > 0; i++) {
      Symbols owner = symbols.owner(tokens[i]);
      int start = owner.start(tokens[i]);
      int n = owner.end(tokens[i]) - start;
      boolean next = tables.isAtom(n > 0 ? owner.arena()[start] & 0xff : 0);
      if (atom && next && separator != 0) {
        out.append(separator);
        if (--left <= 0) {
          return;
        }
      }
      atom = next;
      if (n < left) {
        out.append(owner.arena(), start, start + n);
        left -= n;
      } else {
        for (int k = 0; --left > 0; k++) {
          out.append(owner.arena()[start + k]);
        }
      }
    }
  }

  /**
   * Appends one token to what {@link #join} would have joined so far.
   *
   * @param atom whether the token before begins with an ordinary character
   * @return whether this one does
   */
  public static boolean append(
      Symbols symbols, TokenTables tables, int token, boolean atom, int separator, Bytes out) {
    return symbols.append(token, tables, atom, separator, out);
  }

  /** Prints one token or text: metasymbols in their {@code $} form, oddities as sendmail does. */
  public static void print(String text, MacroNames names, StringBuilder out) {
    print(text, names, Style.PLAIN, out);
  }

  /** Prints one token or text in {@code style}. */
  public static void print(String text, MacroNames names, Style style, StringBuilder out) {
    switch (style) {
      case PLAIN, REVERSE -> new Printer(names, style == Style.REVERSE, out).print(text);
      case HEX, OCTAL -> printNumbers(text, style, out);
    }
  }

  private static void printNumbers(String text, Style style, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int white = "\n\r\t".indexOf(c);
      if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else if (white >= 0) {
        out.append('\\').append("nrt".charAt(white));
      } else if (style == Style.HEX) {
        out.append(" 0x").append(Integer.toHexString(c)).append(' ');
      } else {
        out.append(' ').append(Integer.toOctalString(c)).append(' ');
      }
    }
  }

  /** What stands for a text that is not there. */
  public static void printNull(Style style, StringBuilder out) {
    boolean ansi = style == Style.REVERSE;
    out.append(ansi ? REVERSE : "").append("<null>").append(ansi ? NORMAL : "");
  }

  private static final class Printer {
    private final MacroNames names;
    private final boolean ansi;
    private final StringBuilder out;
    private boolean reversed;

    Printer(MacroNames names, boolean ansi, StringBuilder out) {
      this.names = names;
      this.ansi = ansi;
      this.out = out;
    }

    void print(String text) {
      int i = 0;
      while (i < text.length()) {
        int c = text.charAt(i++);
        normal();
        if (c < 0x80) {
          printByte(c);
        } else if (c == Meta.REPL) {
          reverse().append('$');
          if (i < text.length()) {
            printByte(text.charAt(i++));
          }
        } else if (c == Meta.EXPAND || c == Meta.DEXPAND) {
          reverse().append(c == Meta.EXPAND ? "$" : "$&");
          if (i < text.length() && MARKS.indexOf(text.charAt(i)) >= 0) {
            out.append(text.charAt(i++));
            if (i == text.length()) {
              out.append('\0'); // sendmail shows the end of the text as if it were the name
            }
          }
          i = printName(text, i);
        } else if (Meta.nameOf(c) != 0) {
          reverse().append('$').append(Meta.nameOf(c));
          if (c == Meta.CLASS || c == Meta.NOT_CLASS) {
            i = printName(text, i);
          }
        } else {
          reverse().append("M-");
          printByte(c & 0x7f);
        }
      }
      normal();
    }

    private StringBuilder reverse() {
      if (ansi && !reversed) {
        out.append(REVERSE);
      }
      reversed = true;
      return out;
    }

    private void normal() {
      if (ansi && reversed) {
        out.append(NORMAL);
      }
      reversed = false;
    }

    private int printName(String text, int at) {
      if (at >= text.length()) {
        return at;
      }
      int c = text.charAt(at);
      if (c >= 0x80) {
        out.append('{').append(names.longName(c)).append('}');
      } else {
        out.append((char) c);
      }
      return at + 1;
    }

    private void printByte(int c) {
      if (c >= ' ' && c < 0x7f) {
        out.append((char) c);
        return;
      }
      reverse();
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c >= 0x80) {
            out.append('^').append((char) (c ^ 0x40));
          }
        }
      }
    }
  }
}
