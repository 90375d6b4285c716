package postern.policy;

/**
 * The letters that rule set {@code srv_features} gave for a session (lower case on, upper case
 * off), on top of the defaults of sendmail 8.17 with the 8.18 hardening.
 *
 * @param smtpUtf8 letter i
 * @param slowPipelining letter n: commands that do not wait their turn wait a second each
 * @param given the letters that were given, in lower case: they overrule options and listeners
 * @param tempFail the rule set answered {@code temp...}: every later command gets 450
 */
public record ServerFeatures(
    boolean auth,
    boolean verb,
    boolean dsn,
    boolean etrn,
    boolean requireAuth,
    PlainAuth plainAuth,
    boolean pipelining,
    boolean startTls,
    boolean requestClientCertificate,
    boolean expn,
    boolean strictTurns,
    boolean strictDot,
    LineEnd bareLf,
    LineEnd bareCr,
    boolean httpAlwaysRejected,
    boolean smtpUtf8,
    boolean slowPipelining,
    String given,
    boolean tempFail) {

  /** Whether the rule set had something to say about {@code letter} (lower case). */
  public boolean says(char letter) {
    return given.indexOf(letter) >= 0;
  }

  /** What the rule set said about {@code letter}, or {@code otherwise} if it said nothing. */
  public boolean over(char letter, boolean said, boolean otherwise) {
    return says(letter) ? said : otherwise;
  }

  /** What to do about a CR or LF that stands alone in message content. */
  public enum LineEnd {
    /** 421 and close. */
    REFUSE,
    /** Take a blank in its place. */
    REPLACE,
    /** Keep it as content. */
    ACCEPT
  }

  /** Whether a password may be shown without TLS: letter c. */
  public enum PlainAuth {
    /** As {@code AuthOptions} say. */
    AS_OPTIONS,
    NEEDS_TLS,
    ALLOWED
  }

  /** Without the rule set. */
  public static final ServerFeatures DEFAULT =
      new ServerFeatures(
          true,
          true,
          true,
          true,
          false,
          PlainAuth.AS_OPTIONS,
          true,
          true,
          true,
          true,
          true,
          true,
          LineEnd.REFUSE,
          LineEnd.REFUSE,
          false,
          true,
          false,
          "",
          false);
}
