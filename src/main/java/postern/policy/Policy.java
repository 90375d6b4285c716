package postern.policy;

/**
 * One compiled configuration, ready to be asked. Immutable and shared; a session keeps the policy
 * it began with, a reload makes a new one.
 */
public interface Policy {
  /** The rule sets for one incoming connection. */
  SessionPolicy session(PeerFacts peer);

  /** The rule sets for one outgoing connection. */
  RelayPolicy relay();

  /** How {@code mailer} shows addresses; one that is not declared changes nothing. */
  AddressForms forms(String mailer);

  /** Rule sets 3 and 0 for an envelope recipient, outside any session (queue run). */
  Resolution resolve(String address);

  /**
   * Whether VRFY says of a user of {@code mailer} 250, not only 252 for mail that would be taken.
   */
  boolean vouches(String mailer);

  /** Whether mail for {@code resolved} has somewhere to go, as far as that is known here. */
  boolean hasMailbox(Resolution.Deliverable resolved);

  /** Whether there are rules for {@code check_compat}. */
  boolean asksCompatible();

  /**
   * {@code check_compat}, just before a delivery: may this sender write to this recipient? Asked of
   * all mailers, outside any session. May block.
   *
   * @param id queue id, for {@code $i}
   * @param sender reverse path without angle brackets
   * @param recipient forward path without angle brackets
   */
  Verdict compatible(String id, String sender, String recipient);
}
