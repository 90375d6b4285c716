package postern.tls;

import java.nio.charset.StandardCharsets;

/**
 * How text from a certificate becomes a macro value: like xtext (RFC 3461 section 4), with the
 * characters that mean something in mail headers encoded as well.
 */
final class MacroText {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private MacroText() {}

  /** {@code +XX} for bytes outside {@code !}...{@code ~} and for each of {@code + \ ( ) < > "}. */
  static String encode(byte[] raw) {
    StringBuilder out = new StringBuilder(raw.length + 16);
    for (byte b : raw) {
      if (b < '!' || b > '~' || "+\\()<>\"".indexOf(b) >= 0) {
        hex(out.append('+'), b);
      } else {
        out.append((char) b);
      }
    }
    return out.toString();
  }

  static String encode(String ascii) {
    return encode(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  static void hex(StringBuilder out, byte b) {
    out.append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
  }

  /** A digest as upper-case hex pairs joined by colons. */
  static String fingerprint(byte[] digest) {
    StringBuilder out = new StringBuilder(digest.length * 3);
    for (byte b : digest) {
      if (out.length() > 0) {
        out.append(':');
      }
      hex(out, b);
    }
    return out.toString();
  }
}
