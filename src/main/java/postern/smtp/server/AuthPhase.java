package postern.smtp.server;

import org.jspecify.annotations.Nullable;
import postern.smtp.SmtpReply;

/** AUTH: a SASL exchange, line by line. Part of one {@link SmtpSession}. */
final class AuthPhase {
  private final SmtpSession session;
  private final Wire wire;
  private final Dialogue dialogue;
  private final SessionNotes notes;
  private final @Nullable Authenticator authenticator;
  private @Nullable SaslDialogue exchange;

  AuthPhase(
      SmtpSession session,
      Wire wire,
      Dialogue dialogue,
      @Nullable Authenticator authenticator,
      SessionNotes notes) {
    this.session = session;
    this.wire = wire;
    this.dialogue = dialogue;
    this.notes = notes;
    this.authenticator = authenticator;
  }

  void begin(Step.Auth step) {
    Authenticator known = authenticator;
    if (known == null) {
      wire.say(Words.AUTH_OFF);
      return;
    }
    SaslDialogue begun =
        new SaslDialogue(
            step.mechanism(), known.begin(step.mechanism(), session.opening().client()));
    exchange = begun;
    next(begun, step.initial());
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

  private void next(SaslDialogue running, @Nullable String line) {
    session.rest();
    running.step(
        line, outcome -> wire.onLoop(() -> session.resume(() -> outcome(running, outcome))));
  }

  private void outcome(SaslDialogue running, SaslDialogue.Outcome outcome) {
    if (!outcome.goesOn()) {
      exchange = null;
    }
    session.readOn(outcome.goesOn() ? SmtpSession.Phase.AUTH : SmtpSession.Phase.COMMAND);
    String identity = outcome.identity();
    SmtpReply reply = outcome.reply();
    if (identity != null) {
      session.envelope().authenticated(running.mechanism(), identity, outcome.strength());
      notes.authenticated(running.mechanism(), identity, outcome.strength());
    } else if (!outcome.goesOn()) {
      notes.authFailed(running.mechanism(), outcome.failure());
      reply = dialogue.authFailed(reply);
    }
    session.answer(reply);
  }
}
