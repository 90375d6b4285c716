package postern.offline.suite;

/**
 * One change of a policy that a test ought to notice.
 *
 * @param file where the change is
 * @param line number of the line
 * @param ruleSet rule set of a changed rule, empty for an access line
 * @param what was done, in words
 * @param original the line as it is
 * @param changed the line as it is in the mutant; a comment if it was dropped
 */
public record Mutant(
    String file, int line, String ruleSet, String what, String original, String changed) {

  /** Whether it changes an access line. */
  public boolean inAccessMap() {
    return ruleSet.isEmpty();
  }
}
