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
   * @param failure why it failed, empty if it has not
   */
  record Outcome(
      SmtpReply reply, boolean goesOn, @Nullable String identity, int strength, String failure) {
    static Outcome failed(SmtpReply reply, String why) {
      return new Outcome(reply, false, null, 0, why);
    }
  }

  /** Takes a line of the client, null for none yet; calls {@code then} on any thread. */
  void step(@Nullable String line, Consumer<Outcome> then) {
    if (line != null && line.equals("*")) {
      then.accept(Outcome.failed(Words.AUTH_ABORTED, "aborted by the client"));
      return;
    }
    byte @Nullable [] response;
    try {
      response = line == null ? null : decode(line);
    } catch (IllegalArgumentException e) {
      // The line is not shown: it may be a secret.
      then.accept(Outcome.failed(Words.NOT_BASE64, "not base64"));
      return;
    }
    var unused =
        exchange
            .step(response)
            .whenComplete(
                (step, failure) ->
                    then.accept(
                        failure == null
                            ? outcome(step)
                            : Outcome.failed(Words.AUTH_LATER, "fault: " + failure.getClass())));
  }

  private static byte[] decode(String line) {
    byte[] octets = line.getBytes(StandardCharsets.ISO_8859_1);
    if (line.equals("=")) {
      return new byte[0];
    }
    if (octets.length % 4 != 0) { // the decoder would let missing padding pass
      throw new IllegalArgumentException("no whole groups of four");
    }
    return Base64.getDecoder().decode(octets);
  }

  private static Outcome outcome(Authenticator.Step step) {
    if (step instanceof Authenticator.Step.Challenge challenge) {
      return new Outcome(SmtpReply.of(334, "", challenge.base64()), true, null, 0, "");
    }
    if (step instanceof Authenticator.Step.Success success) {
      return new Outcome(Words.AUTH_OK, false, success.identity(), success.strength(), "");
    }
    Authenticator.Step.Failure failure = (Authenticator.Step.Failure) step;
    return Outcome.failed(
        failure.temporary() ? Words.AUTH_LATER : Words.AUTH_FAILED, failure.why());
  }
}
