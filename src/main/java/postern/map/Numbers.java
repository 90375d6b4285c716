package postern.map;

import postern.text.Bytes;

/** C's ideas of numbers. */
public final class Numbers {
  /** What a comparison that holds answers. */
  public static final String TRUE = "TRUE";

  /** What a comparison that does not hold answers. */
  public static final String FALSE = "FALSE";

  private Numbers() {}

  /** {@code strtol} with base 0, without making garbage for the usual short decimal numbers. */
  public static long number(Bytes text) {
    int n = text.length();
    if (n > 0 && n < 18 && (n == 1 || text.at(0) != '0')) {
      long value = 0;
      int i = 0;
      for (; i < n; i++) {
        int digit = text.at(i) - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        value = value * 10 + digit;
      }
      if (i == n) {
        return value;
      }
    } else if (n == 0) {
      return 0;
    }
    return strtol(text.toString(), 0);
  }

  /** {@code atol}: leading blanks, a sign, digits; anything else is 0. */
  static long atol(String text) {
    return strtol(text, 10);
  }

  /**
   * {@code strtol}: base 0 takes {@code 0x} and a leading {@code 0} for hexadecimal and octal; too
   * large values stick to the ends.
   */
  static long strtol(String text, int base) {
    int i = MapFlags.skipSpace(text, 0);
    boolean negative = false;
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      negative = text.charAt(i) == '-';
      i++;
    }
    int radix = base;
    boolean hexadecimal =
        text.regionMatches(true, i, "0x", 0, 2)
            && i + 2 < text.length()
            && Character.digit(text.charAt(i + 2), 16) >= 0;
    if (base == 0) {
      if (hexadecimal) {
        radix = 16;
        i += 2;
      } else {
        radix = i < text.length() && text.charAt(i) == '0' ? 8 : 10;
      }
    }
    long value = 0;
    for (; i < text.length(); i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        break;
      }
      try {
        value =
            negative
                ? Math.subtractExact(Math.multiplyExact(value, radix), digit)
                : Math.addExact(Math.multiplyExact(value, radix), digit);
      } catch (ArithmeticException e) {
        return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
    }
    return value;
  }
}
