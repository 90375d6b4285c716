package postern.sasl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The mechanisms that there are, the best first, with their strengths in AuthOptions' letters. */
public enum Mechanism {
  /** The certificate of the TLS session speaks for the client (RFC 4422 appendix A). */
  EXTERNAL("EXTERNAL", "pdy"),
  /** A proof of the password, both ways (RFC 5802, RFC 7677). */
  SCRAM_SHA_256("SCRAM-SHA-256", "pamy"),
  /** The password itself (RFC 4616). */
  PLAIN("PLAIN", "cy"),
  /** The password itself, in two lines; old clients know nothing else. */
  LOGIN("LOGIN", "cy");

  private final String text;
  private final String strengths;

  Mechanism(String text, String strengths) {
    this.text = text;
    this.strengths = strengths;
  }

  /** The name on the wire. */
  public String text() {
    return text;
  }

  /** Whether the client shows its password, so that only TLS keeps it from others. */
  boolean showsPassword() {
    return strengths.indexOf('c') >= 0;
  }

  /** Whether it has what letter {@code option} of AuthOptions asks for. */
  boolean has(char option) {
    return switch (option) {
      case 'a', 'c', 'd', 'f', 'm', 'y' -> strengths.indexOf(option) >= 0;
      default -> true; // p is a question of TLS; A, T and V are the client's affair
    };
  }

  /** The mechanism of that name in any case, or null. */
  public static @Nullable Mechanism named(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    for (Mechanism mechanism : values()) {
      if (mechanism.text.equals(wanted)) {
        return mechanism;
      }
    }
    return null;
  }
}
