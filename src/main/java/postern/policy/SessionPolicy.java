package postern.policy;

import java.util.List;
import java.util.Map;

/**
 * The rule sets as one incoming SMTP session meets them, in the order of sendmail's server: {@link
 * #checkRelay}, {@link #serverFeatures}, {@link #greetPause}, then by command. Sets the macros that
 * each hook promises and keeps them for as long as sendmail does (connection or transaction).
 *
 * <p>One object a connection; not safe for concurrent use. If {@link #mayBlock} says so, every
 * method may wait for a map (DNS, socket, program) and must run on a worker thread.
 */
public interface SessionPolicy {

  /** Whether some rule set can reach a map that blocks; known when the policy was compiled. */
  boolean mayBlock();

  /** {@code SmtpGreetingMessage} expanded, {@code ESMTP} inserted; one element a line. */
  List<String> greeting();

  /** {@code check_relay}: name and address of the peer. */
  Verdict checkRelay();

  /** {@code srv_features}. */
  ServerFeatures serverFeatures();

  /** {@code greet_pause}: milliseconds to wait before the greeting, 0 for none. */
  long greetPause();

  /** HELO or EHLO was accepted: sets {@code $s} and {@code $r}. */
  void helo(boolean extended, String argument);

  /** {@code tls_srv_features}, before the 220 to STARTTLS. */
  TlsFeatures tlsFeatures();

  /**
   * The handshake succeeded: sets the TLS macros for the rest of the connection, forgets HELO and
   * AUTH, and asks {@code tls_client} with {@code STARTTLS}.
   */
  Verdict tlsStarted(TlsFacts facts);

  /** AUTH succeeded: sets {@code ${auth_type}} and kin. */
  void authenticated(String mechanism, String identity, int strength);

  /**
   * MAIL: begins a transaction with queue id {@code id} and asks {@code check_mail} (which asks
   * {@code tls_client} again), {@code trust_auth} if there is an {@code AUTH=} parameter.
   *
   * @param argument the path as given, {@code <a@b.test>}
   * @param parameters upper-case keyword to value (empty if it has none), in order
   */
  Verdict mail(String id, String argument, Map<String, String> parameters);

  /**
   * RCPT: asks {@code check_rcpt}, then resolves the address through rule sets 3 and 0.
   *
   * @param argument the path as given, {@code <u@d.test>}
   */
  Recipient rcpt(String argument, Map<String, String> parameters);

  /** What came of a RCPT: the verdict and, unless it is a rejection, where the mail goes. */
  record Recipient(Verdict verdict, Resolution resolution) {}

  /** {@code check_data}, before 354. */
  Verdict data(int recipients);

  /** A header field against the check rule set that its {@code H} line names, if any. */
  Verdict header(String name, String value);

  /** {@code check_eoh}. */
  Verdict endOfHeader(int fields, int bytes);

  /** {@code check_eom}. */
  Verdict endOfMessage(long size);

  /** {@code check_vrfy}, {@code check_expn}, {@code check_etrn}: {@code verb} says which. */
  Verdict query(String verb, String argument);

  /** {@code check_other}; only a 421 has effect. */
  Verdict other(String line, int type);

  /**
   * The header fields to put in front of the message, line ends included (CRLF): {@code Received:}
   * from its {@code H} line, and those of {@code missing} that the configuration defines for
   * messages that lack them ({@code Date}, {@code Message-Id}, {@code From}).
   *
   * @param recipient the only recipient, for {@code $u}; empty if there are several
   * @param present lower-case names of the fields that the message has
   */
  String headers(String recipient, java.util.Set<String> present);

  /** Ends the transaction: RSET, EHLO, end of data. */
  void reset();

  /** The connection is over: nothing more will be asked. */
  default void closed() {}

  /** The value of macro {@code name} ({@code verify}, {@code client_name}, {@code j}) or empty. */
  String macro(String name);
}
