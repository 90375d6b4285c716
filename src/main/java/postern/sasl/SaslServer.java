package postern.sasl;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which mechanisms a client may use, and their exchanges. Immutable; safe for concurrent use. */
public final class SaslServer {
  private final Set<Mechanism> mechanisms;
  private final String options;
  private final @Nullable PasswordStore passwords;

  /**
   * A server.
   *
   * @param mechanisms {@code AuthMechanisms}, as far as we have them
   * @param options letters of {@code AuthOptions}
   * @param passwords null: there is no password file, and certificates alone count
   */
  public SaslServer(List<Mechanism> mechanisms, String options, @Nullable PasswordStore passwords) {
    this.mechanisms =
        mechanisms.isEmpty() ? EnumSet.noneOf(Mechanism.class) : EnumSet.copyOf(mechanisms);
    this.options = options;
    this.passwords = passwords;
  }

  /**
   * What is known of the client's connection.
   *
   * @param encrypted whether TLS is on
   * @param subject name of the certificate that verified, empty for none
   * @param showPasswords whether passwords may be shown in the clear; null: as AuthOptions say
   */
  public record Connection(boolean encrypted, String subject, @Nullable Boolean showPasswords) {}

  /** What to offer, the best first. */
  public List<Mechanism> offered(Connection connection) {
    List<Mechanism> offered = new ArrayList<>();
    for (Mechanism mechanism : mechanisms) {
      boolean ready =
          mechanism == Mechanism.EXTERNAL ? !connection.subject().isEmpty() : passwords != null;
      boolean strong = options.chars().allMatch(option -> mechanism.has((char) option));
      if (ready && strong && (!mechanism.showsPassword() || mayShow(connection))) {
        offered.add(mechanism);
      }
    }
    return offered;
  }

  private boolean mayShow(Connection connection) {
    Boolean told = connection.showPasswords();
    return connection.encrypted() || (told != null ? told : options.indexOf('p') < 0);
  }

  /**
   * Begins an exchange.
   *
   * @throws IllegalArgumentException if the mechanism is not one of {@link #offered}
   */
  public Exchange begin(Mechanism mechanism, Connection connection) {
    if (!offered(connection).contains(mechanism)) {
      throw new IllegalArgumentException(mechanism.text() + " is not offered");
    }
    PasswordStore store = passwords;
    if (mechanism == Mechanism.EXTERNAL || store == null) {
      return new ExternalExchange(connection.subject());
    }
    return switch (mechanism) {
      case SCRAM_SHA_256 -> new ScramExchange(store);
      case LOGIN -> new LoginExchange(store);
      default -> new PlainExchange(store);
    };
  }
}
