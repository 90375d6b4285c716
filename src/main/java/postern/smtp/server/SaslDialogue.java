package postern.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.smtp.SmtpReply;

/** The lines of one AUTH exchange (RFC 4954 section 4): base64 in, 334 and base64 out. */
final class SaslDialogue {
  private final String mechanism;
  private final Authenticator.Exchange exchange;

  SaslDialogue(String mechanism, Authenticator.Exchange exchange) {
    this.mechanism = mechanism;
    this.exchange = exchange;
  }

  String mechanism() {
    return mechanism;
  }

  /**
   * What came of one line.
   *
   * @param identity who it is, if the exchange succeeded
   */
  record Outcome(SmtpReply reply, boolean goesOn, @Nullable String identity, int strength) {
    static Outcome end(SmtpReply reply) {
      return new Outcome(reply, false, null, 0);
    }
  }

  /** Takes a line of the client, {@code =} for an empty one; calls {@code then} on any thread. */
  void step(String line, Consumer<Outcome> then) {
    if (line.equals("*")) {
      then.accept(Outcome.end(Words.AUTH_ABORTED));
      return;
    }
    byte[] response;
    try {
      byte[] octets = line.getBytes(StandardCharsets.ISO_8859_1);
      response = line.equals("=") ? new byte[0] : Base64.getDecoder().decode(octets);
    } catch (IllegalArgumentException e) {
      then.accept(Outcome.end(Words.NOT_BASE64)); // the line is not shown: it may be a secret
      return;
    }
    var unused =
        exchange
            .step(response)
            .whenComplete(
                (step, failure) ->
                    then.accept(failure == null ? outcome(step) : Outcome.end(Words.AUTH_LATER)));
  }

  private static Outcome outcome(Authenticator.Step step) {
    if (step instanceof Authenticator.Step.Challenge challenge) {
      return new Outcome(SmtpReply.of(334, "", challenge.base64()), true, null, 0);
    }
    if (step instanceof Authenticator.Step.Success success) {
      return new Outcome(Words.AUTH_OK, false, success.identity(), success.strength());
    }
    boolean temporary = step instanceof Authenticator.Step.Failure failure && failure.temporary();
    return Outcome.end(temporary ? Words.AUTH_LATER : Words.AUTH_FAILED);
  }
}
