package postern.smtp;

/**
 * What came of reading a command's argument.
 *
 * @param <T> what it means if it is well formed
 */
public sealed interface Parsed<T> {

  /** Well formed. */
  record Good<T>(T value) implements Parsed<T> {}

  /** Not well formed: the reply that says so. */
  record Bad<T>(SmtpReply reply) implements Parsed<T> {}

  /** Short for a {@link Bad} of one line. */
  static <T> Parsed<T> bad(int code, String enhanced, String text) {
    return new Bad<>(SmtpReply.of(code, enhanced, text));
  }
}
