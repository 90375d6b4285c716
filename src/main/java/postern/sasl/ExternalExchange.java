package postern.sasl;

import org.jspecify.annotations.Nullable;

/** EXTERNAL: TLS has proven the name already; the client may ask for no other. */
final class ExternalExchange implements Exchange {
  private final String subject;

  ExternalExchange(String subject) {
    this.subject = subject;
  }

  @Override
  public Answer step(byte @Nullable [] response) {
    if (response == null) {
      return new Answer.Challenge("");
    }
    String wanted = Text.decode(response);
    return wanted != null && (wanted.isEmpty() || wanted.equals(subject))
        ? new Answer.Success(subject)
        : new Answer.Failure("wants to act as somebody else than its certificate says");
  }
}
