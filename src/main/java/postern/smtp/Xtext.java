package postern.smtp;

/** xtext (RFC 3461 section 4): {@code +XX} for what may not stand as it is. */
public final class Xtext {
  private Xtext() {}

  /** Whether {@code text} is xtext: printable, no {@code =}, every {@code +} begins a hex pair. */
  public static boolean isValid(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '!' || c > '~' || c == '=') {
        return false;
      }
      if (c == '+') {
        if (i + 2 >= text.length() || hex(text.charAt(i + 1)) < 0 || hex(text.charAt(i + 2)) < 0) {
          return false;
        }
        i += 2;
      }
    }
    return true;
  }

  /** The octets (one a character) that the valid xtext {@code text} stands for. */
  public static String decode(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+' && i + 2 < text.length()) {
        plain.append((char) (hex(text.charAt(i + 1)) << 4 | hex(text.charAt(i + 2))));
        i += 2;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** xtext for {@code text}, whose characters are octets. */
  public static String encode(String text) {
    StringBuilder coded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '!' || c > '~' || c == '+' || c == '=') {
        coded.append('+');
        coded.append(Character.toUpperCase(Character.forDigit(c >> 4 & 15, 16)));
        coded.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        coded.append(c);
      }
    }
    return coded.toString();
  }

  /** RFC 3461 wants upper case; sendmail takes both, and so do we. */
  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
