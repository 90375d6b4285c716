package postern.smtp.client;

import java.util.List;
import postern.policy.Verdict;

/**
 * What came of one recipient.
 *
 * @param kind delivered, to be tried again, or given up
 * @param relay {@code relay=}: {@code name [address]}, empty if no host was reached for
 * @param dsn enhanced status code
 * @param reply the peer's last reply, for {@code reply=}; empty if there was none
 * @param diagnostic the reply line that decided, the peer's or a rule set's, for the DSN; or empty
 * @param stat {@code stat=}
 * @param tls facts of the TLS session in the words of the {@code STARTTLS=client} line; empty
 *     without TLS
 * @param transcript lines for a bounce
 * @param hostDown the failure has nothing to do with this message: the host does not serve
 * @param dsnPassedOn the peer understands DSN and was told what the sender asked for
 */
public record RecipientOutcome(
    Kind kind,
    String relay,
    String dsn,
    String reply,
    String diagnostic,
    String stat,
    String tls,
    List<String> transcript,
    boolean hostDown,
    boolean dsnPassedOn) {

  /** What to do next with the recipient. */
  public enum Kind {
    DELIVERED,
    TEMPORARY,
    PERMANENT
  }

  public RecipientOutcome {
    transcript = List.copyOf(transcript);
  }

  /**
   * What a rule set's refusal means for a recipient, before any host was spoken to.
   *
   * @param relay the host that its mail would have gone to
   */
  public static RecipientOutcome refused(Verdict.Reject verdict, String relay) {
    return Failure.ruled(verdict, "").outcome(relay, "", false);
  }
}
