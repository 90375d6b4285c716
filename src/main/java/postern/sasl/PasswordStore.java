package postern.sasl;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The password file as it is asked: by name, and the same for names that are not there, so that
 * nobody learns from us which ones are. Safe for concurrent use.
 */
public final class PasswordStore {
  private final byte[] secret = new byte[Verifier.KEY];
  private final String realm;
  private volatile PasswordFile file;

  /**
   * A store.
   *
   * @param realm {@code AuthRealm}: what may stand behind {@code @} in a name that the file has
   *     without; empty for nothing
   */
  public PasswordStore(PasswordFile file, String realm) {
    this.file = file;
    this.realm = realm;
    new SecureRandom().nextBytes(secret);
  }

  /** From now on {@code next} is asked. */
  public void replace(PasswordFile next) {
    file = next;
  }

  /**
   * Who has that name.
   *
   * @param identity the name as the file has it
   * @param known false: nobody, and no password will fit
   */
  record Entry(String identity, Verifier verifier, boolean known) {}

  Entry find(@Nullable String name) {
    PasswordFile now = file;
    String prepared = Text.prepare(name);
    String identity = prepared == null ? null : identity(now, prepared);
    Verifier verifier = identity == null ? null : now.users().get(identity);
    if (identity == null || verifier == null) {
      byte[] salt =
          Arrays.copyOf(Verifier.hmac(secret, prepared == null ? "" : prepared), Verifier.SALT);
      return new Entry("", Verifier.none(salt, iterations(now)), false);
    }
    return new Entry(identity, verifier, true);
  }

  private @Nullable String identity(PasswordFile now, String name) {
    if (now.users().containsKey(name)) {
      return name;
    }
    String suffix = "@" + realm;
    String other = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : "";
    if (other.isEmpty() && name.indexOf('@') < 0) {
      other = name + suffix;
    }
    return !realm.isEmpty() && now.users().containsKey(other) ? other : null;
  }

  /** Of a verifier that was made up: those of the first real one. */
  private static int iterations(PasswordFile now) {
    return now.users().values().stream()
        .findFirst()
        .map(Verifier::iterations)
        .orElse(Verifier.ITERATIONS);
  }
}
