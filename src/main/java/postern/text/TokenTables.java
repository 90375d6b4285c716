package postern.text;

/**
 * The three tables that say how bytes make tokens: for addresses, for internal text and for rules.
 * They depend on {@code OperatorChars} (operations guide, "Rewriting rules").
 */
public final class TokenTables {
  /** Part of a word. */
  public static final byte ATOM = 0;

  /** A token of its own. */
  public static final byte OPERATOR = 1;

  /** A double quote. */
  public static final byte QUOTE = 2;

  /** Separates tokens. */
  public static final byte SPACE = 3;

  /** Takes the next byte along. */
  public static final byte PAIR = 4;

  /** What separates always. */
  public static final String DELIMITERS = "()<>,;\r\n";

  /** Operator characters when the configuration names none. */
  public static final String DEFAULT_OPERATORS = ".:@[]";

  private final byte[] external;
  private final byte[] internal;
  private final byte[] rule;

  private final long[] splitting = new long[4];

  private TokenTables(byte[] external, byte[] internal, byte[] rule) {
    this.external = external;
    this.internal = internal;
    this.rule = rule;
    for (int b = 0; b < 256; b++) {
      if (internal[b] != ATOM) {
        splitting[b >> 6] |= 1L << b;
      }
    }
  }

  /**
   * Builds the tables.
   *
   * @param operators {@code OperatorChars}; only the first 40 count
   */
  public static TokenTables of(String operators) {
    byte[] external = new byte[256];
    for (char c : "\t\n\u000b\f\r ".toCharArray()) {
      external[c] = SPACE;
    }
    external['"'] = QUOTE;
    external['('] = SPACE;
    external[')'] = SPACE;
    byte[] internal = external.clone();
    for (int b = 0x80; b < 0xa0; b++) {
      internal[b] = OPERATOR;
    }
    for (int b = 0x80; b < 256; b++) {
      if (Meta.takesByte(b)) {
        internal[b] = PAIR;
      }
    }
    byte[] rule = internal.clone();
    rule['('] = OPERATOR;
    rule[')'] = OPERATOR;
    String all = operators.substring(0, Math.min(40, operators.length())) + DELIMITERS;
    for (int i = 0; i < all.length(); i++) {
      int c = all.charAt(i) & 0xff;
      for (byte[] table : new byte[][] {external, internal, rule}) {
        if (table[c] == ATOM) {
          table[c] = OPERATOR;
        }
      }
    }
    return new TokenTables(external, internal, rule);
  }

  /** For addresses, map results and macro values: comments vanish. */
  public byte[] external() {
    return external;
  }

  /** For internal text such as map defaults: metasymbols are tokens, comments vanish. */
  public byte[] internal() {
    return internal;
  }

  /** For rules from level 9 on: metasymbols are tokens, parentheses are operators. */
  public byte[] rule() {
    return rule;
  }

  /** Whether a token that begins with {@code first} needs a blank between it and a like one. */
  public boolean isAtom(int first) {
    return first >= 0 && internal[first] == ATOM;
  }

  /** The bytes, as 256 bits, that are no part of a plain word. Not to be changed. */
  public long[] splitting() {
    return splitting;
  }
}
