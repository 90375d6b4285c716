package postern.sasl;

import org.jspecify.annotations.Nullable;

/** LOGIN, which no RFC describes: the name when asked, then the password when asked. */
final class LoginExchange implements Exchange {
  private final PasswordStore passwords;
  private @Nullable String name;

  LoginExchange(PasswordStore passwords) {
    this.passwords = passwords;
  }

  @Override
  public Answer step(byte @Nullable [] response) {
    if (response == null) {
      return new Answer.Challenge("Username:");
    }
    String known = name;
    if (known == null) {
      String text = Text.decode(response);
      name = text == null ? "" : text;
      return new Answer.Challenge("Password:");
    }
    return PlainExchange.check(passwords, "", known, Text.decode(response));
  }
}
