package postern.smtp.server;

import org.jspecify.annotations.Nullable;
import postern.smtp.MailCommand;
import postern.smtp.RcptCommand;
import postern.smtp.SmtpReply;
import postern.smtp.Verb;

/** What {@link Dialogue} wants done for one command line. */
sealed interface Step {

  /** Answer and go on. */
  record Say(SmtpReply reply) implements Step {}

  /** RSET: drop the transaction and answer. */
  record Reset(SmtpReply reply) implements Step {}

  /** Answer and close the connection. */
  record Finish(SmtpReply reply) implements Step {}

  /**
   * HELO or EHLO: see that the client waits its turn, then greet it.
   *
   * @param named whether the name is one that a host can have
   * @param refusal if not null this is the answer to a client that waits
   */
  record Hello(boolean extended, String name, boolean named, @Nullable SmtpReply refusal)
      implements Step {}

  /** Ask {@code tls_srv_features}, then upgrade. */
  record StartTls() implements Step {}

  /** XCLIENT that may be tried: begin anew as if the client were another one. */
  record Pretend(String argument) implements Step {}

  /** Ask {@code check_mail}. */
  record Mail(MailCommand command) implements Step {}

  /** Ask {@code check_rcpt}. */
  record Rcpt(RcptCommand command) implements Step {}

  /** See that the client waits its turn, ask {@code check_data}, then take content. */
  record Data() implements Step {}

  /**
   * Take {@code size} octets that follow the line (RFC 3030).
   *
   * @param refusal if not null the octets are dropped and this is the answer
   */
  record Chunk(long size, boolean last, @Nullable SmtpReply refusal) implements Step {}

  /** VRFY, EXPN or ETRN that may be asked of the rule sets. */
  record Query(Verb verb, String argument) implements Step {}

  /** Ask {@code check_other}; unless it closes the session, answer with {@code reply}. */
  record Other(String line, int type, SmtpReply reply) implements Step {}

  /**
   * Begin a SASL exchange.
   *
   * @param initial the initial response as given (base64), null if there is none
   */
  record Auth(String mechanism, @Nullable String initial) implements Step {}

  /**
   * Wait first.
   *
   * @param seconds how long
   * @param notice for the log, empty for nothing
   */
  record Slow(int seconds, String notice, Step then) implements Step {}
}
