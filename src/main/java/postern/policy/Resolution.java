package postern.policy;

/** Where rule sets 3 and 0 send an address. */
public sealed interface Resolution {
  /**
   * A mailer's triple.
   *
   * @param mailer name of the mailer, lower case
   * @param host {@code $@} part, may be empty
   * @param user {@code $:} part, rewritten by rule set 2, the mailer's R= and 4
   * @param remains whether rule set 5 has no say in it
   */
  record Deliverable(String mailer, String host, String user, boolean remains)
      implements Resolution {
    /** A triple about which rule set 5 may be asked. */
    public Deliverable(String mailer, String host, String user) {
      this(mailer, host, user, false);
    }
  }

  /** The rule sets answered with {@code $#error}, or with nothing usable. */
  record Undeliverable(Verdict.Reject reason) implements Resolution {}

  /** The rule sets answered with {@code $#discard}. */
  record Discarded() implements Resolution {}
}
