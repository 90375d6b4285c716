package postern.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a password: the salted keys of SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677).
 * Enough to check a password or a proof of it, not enough to log in with. Written as {@code
 * SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER}, the last three in base64.
 */
public final class Verifier {
  /** Rounds for new passwords: some 20 ms a guess, and no more than clients put up with. */
  public static final int ITERATIONS = 32_768;

  /** Fewer are refused (RFC 7677 section 4). */
  public static final int LEAST_ITERATIONS = 4_096;

  /** More would be a way to stop the server. */
  public static final int MOST_ITERATIONS = 1_000_000;

  static final int SALT = 16;
  static final int KEY = 32;
  private static final int LONGEST_SALT = 64;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern FORM =
      Pattern.compile("SCRAM-SHA-256\\$([0-9]{1,7}):([A-Za-z0-9+/=]{1,128})\\$([^:]+):(.+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private Verifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt.clone();
    this.storedKey = storedKey.clone();
    this.serverKey = serverKey.clone();
  }

  /**
   * A verifier for {@code password} with a new salt.
   *
   * @throws IllegalArgumentException if nobody could type it: empty, over 512 characters, controls
   */
  public static Verifier of(String password) {
    byte[] salt = new byte[SALT];
    RANDOM.nextBytes(salt);
    return of(password, salt, ITERATIONS);
  }

  static Verifier of(String password, byte[] salt, int iterations) {
    String prepared = Text.prepare(password);
    if (prepared == null) {
      throw new IllegalArgumentException(
          "a password has 1 to " + Exchange.LONGEST + " characters and no control characters");
    }
    byte[] salted = salted(prepared, salt, iterations);
    return new Verifier(
        iterations, salt, hash(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
  }

  /** For a name that is not known: no password fits, and it takes as long to find out. */
  static Verifier none(byte[] salt, int iterations) {
    byte[] key = new byte[KEY];
    RANDOM.nextBytes(key);
    return new Verifier(iterations, salt, key, key);
  }

  /** Reads the written form; null if it is wrong. */
  static @Nullable Verifier parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      int iterations = Integer.parseInt(parts.group(1));
      byte[] salt = base64.decode(parts.group(2));
      byte[] stored = base64.decode(parts.group(3));
      byte[] server = base64.decode(parts.group(4));
      boolean good =
          iterations >= LEAST_ITERATIONS
              && iterations <= MOST_ITERATIONS
              && salt.length >= 8
              && salt.length <= LONGEST_SALT
              && stored.length == KEY
              && server.length == KEY;
      return good ? new Verifier(iterations, salt, stored, server) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The written form. */
  public String text() {
    return "SCRAM-SHA-256$"
        + iterations
        + ":"
        + base64(salt)
        + "$"
        + base64(storedKey)
        + ":"
        + base64(serverKey);
  }

  /** Nothing that belongs in a log. */
  @Override
  public String toString() {
    return "SCRAM-SHA-256 verifier, " + iterations + " iterations";
  }

  /** Whether {@code password} is the one; takes as long if it is not. */
  public boolean fits(@Nullable String password) {
    String prepared = Text.prepare(password);
    byte[] salted = salted(prepared == null ? "-" : prepared, salt, iterations);
    boolean same = MessageDigest.isEqual(hash(hmac(salted, "Client Key")), storedKey);
    return same && prepared != null;
  }

  int iterations() {
    return iterations;
  }

  String salt() {
    return base64(salt);
  }

  /** Whether {@code proof} proves the password for {@code message} (RFC 5802 section 3). */
  boolean proves(byte[] proof, String message) {
    byte[] key = hmac(storedKey, message);
    if (proof.length != key.length) {
      return false;
    }
    for (int i = 0; i < key.length; i++) {
      key[i] ^= proof[i];
    }
    return MessageDigest.isEqual(hash(key), storedKey);
  }

  /** What proves to the client that we know its password. */
  String signature(String message) {
    return base64(hmac(serverKey, message));
  }

  private static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  private static byte[] salted(String password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, 8 * KEY);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
    }
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static byte[] hash(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
