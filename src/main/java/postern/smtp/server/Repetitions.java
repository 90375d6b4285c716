package postern.smtp.server;

import org.jspecify.annotations.Nullable;

/**
 * How often a session has said what need not be said often. From a command's limit on each further
 * one waits longer than the one before: 1, 2, 4 … seconds.
 */
final class Repetitions {
  /** What is counted; some commands share a count. */
  enum Kind {
    HELO("HELO/EHLO", 3),
    NOOP("NOOP", 0),
    VERB("VERB", 0),
    VRFY("VRFY", 6),
    EXPN("EXPN", 6),
    ETRN("ETRN", 8),
    AUTH("AUTH", 5);

    private final String shown;
    private final int limit;

    Kind(String shown, int limit) {
      this.shown = shown;
      this.limit = limit;
    }
  }

  private static final int LONGEST_WAIT = 240;

  private final ServerSettings.Limits limits;
  private final String peer;
  private int helos;
  private int noops;
  private int queries;
  private int etrns;
  private int auths;

  /**
   * For one session.
   *
   * @param peer {@code $_}
   */
  Repetitions(ServerSettings.Limits limits, String peer) {
    this.limits = limits;
    this.peer = peer;
  }

  /** The handshake succeeded: greetings are counted anew. */
  void forgetHelos() {
    helos = 0;
  }

  /**
   * Counts a command.
   *
   * @return {@code step}, perhaps after a wait; null if the session is to end
   */
  @Nullable Step slow(Kind kind, Step step) {
    int count = count(kind);
    int limit = kind == Kind.NOOP || kind == Kind.VERB ? limits.noops() : kind.limit;
    if (limit <= 0 || count < limit) {
      return step;
    }
    if (limits.children() > 0 && count >= 2 * limit) {
      return null;
    }
    int doublings = count - limit;
    int seconds = doublings < 8 ? Math.min(1 << doublings, LONGEST_WAIT) : LONGEST_WAIT;
    String notice =
        doublings == 0
            ? peer + ": possible SMTP attack: command=" + kind.shown + ", count=" + count
            : "";
    return new Step.Slow(seconds, notice, step);
  }

  private int count(Kind kind) {
    return switch (kind) {
      case HELO -> ++helos;
      case NOOP, VERB -> ++noops;
      case VRFY, EXPN -> ++queries;
      case ETRN -> ++etrns;
      case AUTH -> ++auths;
    };
  }
}
