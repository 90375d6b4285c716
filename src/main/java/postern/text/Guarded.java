package postern.text;

/**
 * Text from outside as rules see it. The octets 0x80 to 0x9f are metasymbols to rules and at the
 * same time half of all continuation octets of UTF-8, so an address of an SMTPUTF8 transaction is
 * full of them. Guarded, each is written as two: {@link #GUARD}, which UTF-8 never uses, and the
 * octet plus 0x20. Guarding twice changes nothing.
 */
public final class Guarded {
  /** Stands in front of an octet that was moved up by 0x20. */
  public static final char GUARD = 0xfe;

  private static final int SHIFT = 0x20;

  private Guarded() {}

  /** {@code text}, one octet a character, without metasymbols. */
  public static String in(String text) {
    int first = 0;
    while (first < text.length() && !Meta.isMeta(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0xff && Meta.isMeta(c)) {
        out.append(GUARD).append((char) (c + SHIFT));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** What was guarded, as it was. */
  public static String out(String text) {
    if (text.indexOf(GUARD) < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == GUARD && i + 1 < text.length() && isMoved(text.charAt(i + 1))) {
        out.append((char) (text.charAt(++i) - SHIFT));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Makes guarded octets what they were, in place; whether there were any. */
  public static boolean out(Bytes text) {
    byte[] array = text.array();
    int length = text.length();
    int at = 0;
    while (at < length && array[at] != (byte) GUARD) {
      at++;
    }
    int to = at;
    while (at < length) {
      int b = array[at++] & 0xff;
      if (b == GUARD && at < length && isMoved(array[at] & 0xff)) {
        b = (array[at++] & 0xff) - SHIFT;
      }
      array[to++] = (byte) b;
    }
    boolean changed = to < length;
    text.truncate(to);
    return changed;
  }

  /** Guards {@code text} in place. */
  public static void in(Bytes text) {
    String plain = text.toString();
    String guarded = in(plain);
    if (guarded.length() != plain.length()) {
      text.clear();
      text.append(guarded);
    }
  }

  private static boolean isMoved(int c) {
    return Meta.isMeta(c - SHIFT);
  }
}
