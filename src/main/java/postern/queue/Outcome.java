package postern.queue;

import java.util.List;

/**
 * What came of one recipient in one attempt. The fields are those of sendmail's {@code to=} log
 * line and of RFC 3464's per-recipient fields.
 */
public sealed interface Outcome {
  /** {@code relay=}: name and address of the host that was talked to, or empty. */
  String relay();

  /** Enhanced status code: {@code 2.0.0}, {@code 4.2.1}, {@code 5.7.0}. */
  String dsn();

  /** {@code stat=}: {@code Sent (queued as X1)}, {@code Deferred: …}, {@code User unknown}. */
  String stat();

  /** Facts of the TLS session, for the attempts log; empty without TLS. */
  String tls();

  /**
   * The next hop has taken responsibility, or the message is in its mailbox.
   *
   * @param reported what a NOTIFY=SUCCESS sender is still owed
   */
  record Delivered(String relay, String dsn, String stat, String tls, Report reported)
      implements Outcome {}

  /** Who tells the sender of a success (RFC 3461 section 5.2). */
  enum Report {
    /** The next hop understands DSN and was told: nobody here. */
    PASSED_ON,
    /** Relayed to a host that knows no DSN: we say {@code Action: relayed}. */
    RELAYED,
    /** Final delivery: we say {@code Action: delivered}. */
    DELIVERED
  }

  /**
   * To be tried again.
   *
   * @param reply the peer's last reply, for {@code reply=}; may be empty
   * @param diagnostic the reply line that decided, the peer's or a rule set's, for the report; may
   *     be empty
   * @param transcript lines for the bounce that may become of it, {@code >>>} and {@code <<<} style
   * @param hostDown nothing to do with this message: the destination as a whole does not serve
   */
  record Temporary(
      String relay,
      String dsn,
      String reply,
      String diagnostic,
      String stat,
      String tls,
      List<String> transcript,
      boolean hostDown)
      implements Outcome {
    public Temporary {
      transcript = List.copyOf(transcript);
    }

    /** A failure on our side, without a peer. */
    public static Temporary local(String dsn, String stat) {
      return new Temporary("", dsn, "", "", stat, "", List.of(), false);
    }
  }

  /** Given up. Fields as in {@link Temporary}. */
  record Permanent(
      String relay,
      String dsn,
      String reply,
      String diagnostic,
      String stat,
      String tls,
      List<String> transcript)
      implements Outcome {
    public Permanent {
      transcript = List.copyOf(transcript);
    }

    /** A failure on our side, without a peer. */
    public static Permanent local(String dsn, String stat) {
      return new Permanent("", dsn, "", "", stat, "", List.of());
    }
  }
}
