package postern.sasl;

import org.jspecify.annotations.Nullable;

/** PLAIN (RFC 4616): {@code [authzid] NUL authcid NUL password}. */
final class PlainExchange implements Exchange {
  private final PasswordStore passwords;

  PlainExchange(PasswordStore passwords) {
    this.passwords = passwords;
  }

  @Override
  public Answer step(byte @Nullable [] response) {
    if (response == null) {
      return new Answer.Challenge("");
    }
    String text = Text.decode(response);
    String[] parts = text == null ? new String[0] : text.split("\0", -1);
    if (parts.length != 3) {
      return new Answer.Failure("not a message of PLAIN");
    }
    return check(passwords, parts[0], parts[1], parts[2]);
  }

  /** Whether {@code password} is the one of {@code name}, who may act as nobody else. */
  static Answer check(
      PasswordStore passwords, String actingAs, @Nullable String name, @Nullable String password) {
    PasswordStore.Entry entry = passwords.find(name);
    boolean fits = entry.verifier().fits(password);
    if (!fits || !entry.known()) {
      return new Answer.Failure("name or password wrong");
    }
    if (!actingAs.isEmpty() && !actingAs.equals(name) && !actingAs.equals(entry.identity())) {
      return new Answer.Failure("wants to act as somebody else");
    }
    return new Answer.Success(entry.identity());
  }
}
