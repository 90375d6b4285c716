package postern.sasl;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM-SHA-256 (RFC 5802 with RFC 7677), server side, without channel binding: the password is
 * proven without being shown, and we prove that we know it.
 */
final class ScramExchange implements Exchange {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE = 18;
  private static final int LONGEST_NONCE = 1024;

  private enum At {
    FIRST,
    FINAL,
    PROVEN,
    OVER
  }

  private final PasswordStore passwords;
  private final String ownNonce;
  private At at = At.FIRST;
  private String header = "";
  private String nonce = "";
  private String messages = "";
  private PasswordStore.@Nullable Entry entry;
  private boolean actsAsItself;

  ScramExchange(PasswordStore passwords) {
    this(passwords, nonce());
  }

  /** With a nonce that is known beforehand: the examples of the RFC. */
  ScramExchange(PasswordStore passwords, String nonce) {
    this.passwords = passwords;
    this.ownNonce = nonce;
  }

  private static String nonce() {
    byte[] octets = new byte[NONCE];
    RANDOM.nextBytes(octets);
    return Base64.getEncoder().encodeToString(octets);
  }

  @Override
  public Answer step(byte @Nullable [] response) {
    if (response == null) {
      return new Answer.Challenge("");
    }
    String text = Text.decode(response);
    At now = at;
    at = At.OVER;
    if (text == null) {
      return malformed();
    }
    return switch (now) {
      case FIRST -> first(text);
      case FINAL -> last(text);
      case PROVEN -> proven(text);
      case OVER -> malformed();
    };
  }

  private static Answer malformed() {
    return new Answer.Failure("not a message of SCRAM");
  }

  /** {@code n,[a=authzid],n=name,r=nonce[,extensions]}. */
  private Answer first(String text) {
    String[] parts = text.split(",", 5);
    if (parts.length < 4 || !(parts[0].equals("n") || parts[0].equals("y"))) {
      return malformed(); // p=...: binds to a channel, which we have not offered
    }
    String authzid = parts[1].isEmpty() ? "" : name(parts[1], "a=");
    String name = name(parts[2], "n=");
    if (authzid == null || name == null || !parts[3].startsWith("r=")) {
      return malformed(); // m=... among others: an extension that must be understood
    }
    String theirs = parts[3].substring(2);
    if (theirs.isEmpty() || theirs.length() > LONGEST_NONCE || !printable(theirs)) {
      return malformed();
    }
    header = parts[0] + "," + parts[1] + ",";
    nonce = theirs + ownNonce;
    PasswordStore.Entry found = passwords.find(name);
    entry = found;
    actsAsItself = authzid.isEmpty() || authzid.equals(name) || authzid.equals(found.identity());
    String answer =
        "r=" + nonce + ",s=" + found.verifier().salt() + ",i=" + found.verifier().iterations();
    messages = text.substring(header.length()) + "," + answer;
    at = At.FINAL;
    return new Answer.Challenge(answer);
  }

  /** {@code c=binding,r=nonce[,extensions],p=proof}. */
  private Answer last(String text) {
    PasswordStore.Entry who = entry;
    int proofAt = text.lastIndexOf(",p=");
    if (who == null || proofAt < 0) {
      return malformed();
    }
    String bare = text.substring(0, proofAt);
    String[] parts = bare.split(",", -1);
    String binding =
        "c=" + Base64.getEncoder().encodeToString(header.getBytes(StandardCharsets.UTF_8));
    if (parts.length < 2 || !parts[0].equals(binding) || !parts[1].equals("r=" + nonce)) {
      return malformed();
    }
    byte[] proof;
    try {
      proof = Base64.getDecoder().decode(text.substring(proofAt + 3));
    } catch (IllegalArgumentException e) {
      return malformed();
    }
    String message = messages + "," + bare;
    boolean proves = who.verifier().proves(proof, message);
    if (!proves || !who.known()) {
      return new Answer.Failure("name or password wrong");
    }
    if (!actsAsItself) {
      return new Answer.Failure("wants to act as somebody else");
    }
    at = At.PROVEN;
    return new Answer.Challenge("v=" + who.verifier().signature(message));
  }

  /** Over SMTP our proof is one more challenge; its answer is empty (RFC 4954 section 4). */
  private Answer proven(String text) {
    PasswordStore.Entry who = entry;
    return who != null && text.isEmpty() ? new Answer.Success(who.identity()) : malformed();
  }

  /** The name behind {@code key}, with {@code =2C} and {@code =3D} undone; null if it is none. */
  private static @Nullable String name(String attribute, String key) {
    if (!attribute.startsWith(key) || attribute.length() == key.length()) {
      return null;
    }
    StringBuilder name = new StringBuilder();
    for (int i = key.length(); i < attribute.length(); i++) {
      char c = attribute.charAt(i);
      if (c != '=') {
        name.append(c);
      } else if (attribute.startsWith("=2C", i)) {
        name.append(',');
        i += 2;
      } else if (attribute.startsWith("=3D", i)) {
        name.append('=');
        i += 2;
      } else {
        return null;
      }
    }
    return name.toString();
  }

  private static boolean printable(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
  }
}
