package postern.policy;

/**
 * The letters that rule set {@code srv_features} gave for a session (lower case on, upper case
 * off), on top of the defaults of sendmail 8.17 with the 8.18 hardening.
 *
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
    boolean tempFail) {

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
          false);
}
