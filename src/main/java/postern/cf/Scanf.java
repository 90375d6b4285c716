package postern.cf;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** C's scanf as class files use it: a format with exactly one conversion that is kept. */
final class Scanf {
  private final String text;
  private final String format;
  private int t;
  private int f;

  private Scanf(String text, String format) {
    this.text = text;
    this.format = format;
  }

  /**
   * What {@code format} takes from {@code text}, or null unless it is exactly one thing. A number
   * is the bytes that C would leave in memory, up to the first zero.
   */
  static @Nullable String scan(String text, String format) {
    return new Scanf(text, format).run();
  }

  private @Nullable String run() {
    String result = null;
    while (f < format.length()) {
      char c = format.charAt(f++);
      if (isSpace(c)) {
        skipSpace();
      } else if (c != '%' || format.startsWith("%", f)) {
        if (c == '%') {
          f++;
          skipSpace();
        }
        if (t >= text.length() || text.charAt(t) != c) {
          return result;
        }
        t++;
      } else {
        boolean kept = !format.startsWith("*", f);
        f += kept ? 0 : 1;
        String taken = conversion();
        if (taken == null) {
          return result;
        }
        if (kept) {
          if (result != null) {
            return null; // sendmail has room for one
          }
          result = taken;
        }
      }
    }
    return result;
  }

  private @Nullable String conversion() {
    int width = 0;
    while (f < format.length() && isDigit(format.charAt(f))) {
      width = Math.min(1 << 20, width * 10 + format.charAt(f++) - '0');
    }
    int size = 4;
    while (f < format.length() && "hlqL".indexOf(format.charAt(f)) >= 0) {
      size = format.charAt(f++) == 'h' ? 2 : 8;
    }
    char kind = f < format.length() ? format.charAt(f++) : 0;
    int most = width == 0 ? Integer.MAX_VALUE : width;
    return switch (kind) {
      case 's' -> {
        skipSpace();
        int start = t;
        while (t < text.length() && !isSpace(text.charAt(t)) && t - start < most) {
          t++;
        }
        yield t == start ? null : text.substring(start, t);
      }
      case '[' -> set(most);
      case 'c' -> {
        int n = Math.max(1, width);
        if (t + n > text.length()) {
          yield null;
        }
        t += n;
        yield text.substring(t - n, t);
      }
      case 'd', 'u', 'D', 'U' -> number(10, most, size);
      case 'i' -> number(0, most, size);
      case 'o', 'O' -> number(8, most, size);
      case 'x', 'X', 'p' -> number(16, most, size);
      default -> null;
    };
  }

  private @Nullable String set(int most) {
    boolean negate = format.startsWith("^", f);
    f += negate ? 1 : 0;
    boolean[] in = new boolean[256];
    boolean first = true;
    while (f < format.length() && (first || format.charAt(f) != ']')) {
      first = false;
      char low = format.charAt(f++);
      in[low & 0xff] = true;
      if (f + 1 < format.length() && format.charAt(f) == '-' && format.charAt(f + 1) != ']') {
        char high = format.charAt(f + 1);
        if (high >= low) {
          for (int c = low; c <= high; c++) {
            in[c & 0xff] = true;
          }
          f += 2;
        }
      }
    }
    f++;
    int start = t;
    while (t < text.length() && in[text.charAt(t) & 0xff] != negate && t - start < most) {
      t++;
    }
    return t == start ? null : text.substring(start, t);
  }

  private @Nullable String number(int base, int most, int size) {
    skipSpace();
    int start = t;
    if (t < text.length() && "+-".indexOf(text.charAt(t)) >= 0) {
      t++;
    }
    int radix = base;
    String rest = text.substring(t).toLowerCase(Locale.ROOT);
    if ((base == 0 || base == 16) && rest.startsWith("0x")) {
      radix = 16;
      t += 2;
    } else if (base == 0) {
      radix = rest.startsWith("0") ? 8 : 10;
    }
    int digits = t;
    long value = 0;
    while (t < text.length()
        && t - start < most
        && text.charAt(t) < 0x80
        && Character.digit(text.charAt(t), radix) >= 0) {
      value = value * radix + Character.digit(text.charAt(t++), radix);
    }
    if (t == digits) {
      t = start;
      return null;
    }
    if (text.charAt(start) == '-') {
      value = -value;
    }
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < size && (value & 0xff) != 0; i++) {
      bytes.append((char) (value & 0xff));
      value >>>= 8;
    }
    return bytes.toString();
  }

  private void skipSpace() {
    while (t < text.length() && isSpace(text.charAt(t))) {
      t++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
