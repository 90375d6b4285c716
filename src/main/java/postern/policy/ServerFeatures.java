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

  /** Without the rule set. */
  public static final ServerFeatures DEFAULT =
      new ServerFeatures(
          true,
          true,
          true,
          true,
          false,
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
