package postern.policy;

import org.jspecify.annotations.Nullable;
import postern.text.Guarded;
import postern.text.Meta;

/**
 * What an address may be made of, before and after the rule sets: no bytes that mean something
 * inside rules, no control characters outside quotes, quotes in pairs, not more than {@value
 * #MAX_LENGTH} bytes.
 */
public final class AddressSyntax {
  /** Most bytes of an address. */
  public static final int MAX_LENGTH = 255;

  private static final char REPLACEMENT = '?';

  /**
   * Something that is wrong with an address, in sendmail's words.
   *
   * @param code SMTP reply code
   * @param text the address as far as it was read, bad bytes replaced
   * @param eightBit whether one of the bytes of {@link Meta} was found
   */
  public record Fault(int code, String message, String text, boolean eightBit) {
    /** The same fault, found in what the rule sets made of {@code address}. */
    Fault in(String address) {
      return new Fault(code, message, address, eightBit);
    }
  }

  private AddressSyntax() {}

  /** What makes {@code address} no address for the rule sets, or null. */
  public static @Nullable Fault check(String address) {
    StringBuilder shown = new StringBuilder();
    boolean eightBit = false;
    int guards = 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      guards += c == Guarded.GUARD ? 1 : 0;
      boolean bad = Meta.isMeta(c);
      eightBit |= bad;
      if (i - guards >= MAX_LENGTH) {
        return tooLong(shown.toString(), eightBit);
      }
      shown.append(bad ? REPLACEMENT : c);
    }
    return eightBit
        ? new Fault(
            501, "8-bit character in mailbox address \"" + shown + '"', shown.toString(), true)
        : null;
  }

  private static Fault tooLong(String cut, boolean eightBit) {
    String message = "Address \"" + cut + "\" too long (" + MAX_LENGTH + " bytes max)";
    return new Fault(553, message, cut, eightBit);
  }

  /** What makes the user part that the rule sets left unusable, or null. */
  public static @Nullable Fault checkUser(String user) {
    Fault tooLong = user.length() > MAX_LENGTH ? check(user) : null;
    if (tooLong != null) {
      return tooLong;
    }
    StringBuilder shown = new StringBuilder(user);
    boolean quoted = false;
    boolean eightBit = false;
    String what = null;
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      if (!quoted && (c < ' ' || c == 0x7f)) {
        what = "non-printable character";
        shown.setCharAt(i, REPLACEMENT);
        continue;
      }
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        i++;
        if (i == shown.length()) {
          what = "trailing \\ character";
          shown.setCharAt(i - 1, REPLACEMENT);
          break;
        }
      }
      if (Meta.isMeta(shown.charAt(i))) {
        eightBit = true;
        what = "8-bit character";
        shown.setCharAt(i, REPLACEMENT);
      }
    }
    if (quoted) {
      what = "unbalanced quote";
    }
    return what == null
        ? null
        : new Fault(
            501,
            "Syntax error in mailbox address \"" + shown + "\" (" + what + ")",
            shown.toString(),
            eightBit);
  }
}
