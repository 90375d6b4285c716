package postern.text;

/**
 * The bytes that stand for metasymbols once a line has been read ({@code $*} is one byte, {@code
 * $=w} two). The values are sendmail's, because they show through in a few of its messages.
 */
public final class Meta {
  private Meta() {}

  /** {@code $x}: macro value when the text is expanded. */
  public static final int EXPAND = 0x81;

  /** {@code $&x}: macro value when a rule runs. */
  public static final int DEXPAND = 0x82;

  /** {@code $(}. */
  public static final int LOOKUP = 0x85;

  /** {@code $)}. */
  public static final int LOOKUP_END = 0x86;

  /** {@code $*}. */
  public static final int ANY0 = 0x90;

  /** {@code $+}. */
  public static final int ANY1 = 0x91;

  /** {@code $-}. */
  public static final int ONE = 0x92;

  /** {@code $=x}. */
  public static final int CLASS = 0x93;

  /** {@code $~x}. */
  public static final int NOT_CLASS = 0x94;

  /** {@code $1}. */
  public static final int REPL = 0x95;

  /** {@code $#}. */
  public static final int NET = 0x96;

  /** {@code $@}. */
  public static final int HOST = 0x97;

  /** {@code $:}. */
  public static final int USER = 0x98;

  /** {@code $>}. */
  public static final int CALL = 0x99;

  /** {@code $?}. */
  public static final int IF = 0x9a;

  /** {@code $|}. */
  public static final int ELSE = 0x9b;

  /** {@code $.}. */
  public static final int FI = 0x9c;

  /** {@code $[}. */
  public static final int HOST_BEGIN = 0x9d;

  /** {@code $]}. */
  public static final int HOST_END = 0x9e;

  /** In front of a literal byte that would otherwise be one of these. */
  public static final int QUOTE = 0xff;

  /** Names of the metasymbols, {@code NAMES.charAt(i)} for byte {@code VALUES.charAt(i)}. */
  private static final String NAMES = "*+-=~#@:>?|.[]()&";

  private static final String VALUES =
      "\u0090\u0091\u0092\u0093\u0094\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e\u0085\u0086\u0082";

  /** The byte that {@code $name} becomes, or 0 if it is no metasymbol. */
  public static int valueOf(int name) {
    int i = NAMES.indexOf(name);
    return i < 0 ? 0 : VALUES.charAt(i);
  }

  /** The character after the dollar sign of byte {@code value}, or 0 if it is no metasymbol. */
  public static char nameOf(int value) {
    int i = VALUES.indexOf(value);
    return i < 0 ? 0 : NAMES.charAt(i);
  }

  /** All names. */
  public static String names() {
    return NAMES;
  }

  /** Whether {@code b} makes one token with the byte behind it. */
  public static boolean takesByte(int b) {
    return b == DEXPAND || b == CLASS || b == NOT_CLASS || b == REPL || b == QUOTE;
  }

  /** Whether text that holds {@code b} has to be expanded again (0x80 to 0x9f). */
  public static boolean isMeta(int b) {
    return (b & 0xe0) == 0x80;
  }
}
