package postern.policy;

/** Where rule sets 3 and 0 send an address. */
public sealed interface Resolution {
  /**
   * A mailer's triple.
   *
   * @param mailer name of the mailer, lower case
   * @param host {@code $@} part, may be empty
   * @param user {@code $:} part, rewritten by rule set 2, the mailer's R= and 4
   */
  record Deliverable(String mailer, String host, String user) implements Resolution {}

  /** The rule sets answered with {@code $#error}, or with nothing usable. */
  record Undeliverable(Verdict.Reject reason) implements Resolution {}

  /** The rule sets answered with {@code $#discard}. */
  record Discarded() implements Resolution {}
}
