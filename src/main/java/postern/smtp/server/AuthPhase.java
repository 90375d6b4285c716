package postern.smtp.server;

import org.jspecify.annotations.Nullable;

/** AUTH: a SASL exchange, line by line. Part of one {@link SmtpSession}. */
final class AuthPhase {
  private final SmtpSession session;
  private final Wire wire;
  private final @Nullable Authenticator authenticator;
  private @Nullable SaslDialogue exchange;

  AuthPhase(SmtpSession session, Wire wire, @Nullable Authenticator authenticator) {
    this.session = session;
    this.wire = wire;
    this.authenticator = authenticator;
  }

  void begin(Step.Auth step) {
    Authenticator known = authenticator;
    if (known == null) {
      wire.say(Words.AUTH_OFF);
      return;
    }
    SaslDialogue begun =
        new SaslDialogue(step.mechanism(), known.begin(step.mechanism(), session.opening().tls()));
    exchange = begun;
    String initial = step.initial();
    next(begun, initial == null ? "=" : initial);
  }

  /** Takes the client's next line; it may hold a secret and is shown nowhere. */
  void line(String line) {
    SaslDialogue running = exchange;
    if (running == null) {
      throw new IllegalStateException("a line of AUTH, but no exchange");
    }
    next(running, line.strip());
  }

  void drop() {
    exchange = null;
  }

  private void next(SaslDialogue running, String line) {
    session.rest();
    running.step(
        line, outcome -> wire.onLoop(() -> session.resume(() -> outcome(running, outcome))));
  }

  private void outcome(SaslDialogue running, SaslDialogue.Outcome outcome) {
    if (!outcome.goesOn()) {
      exchange = null;
    }
    String identity = outcome.identity();
    if (identity != null) {
      session.envelope().authenticated(running.mechanism(), identity, outcome.strength());
    }
    wire.say(outcome.reply());
    session.readOn(outcome.goesOn() ? SmtpSession.Phase.AUTH : SmtpSession.Phase.COMMAND);
  }
}
