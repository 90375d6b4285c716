package postern.offline.suite;

import java.util.Set;

/**
 * What came of one test.
 *
 * @param answer the answer that the policy gave
 * @param why one or two sentences on it
 * @param rules rules that matched, {@code file:line}
 * @param sets rule sets that ran
 * @param lines numbers of the access lines that answered
 * @param nanos time it took
 */
public record TestResult(
    SuiteFile suite,
    PolicyTest test,
    String answer,
    String why,
    Set<String> rules,
    Set<String> sets,
    Set<Integer> lines,
    long nanos) {
  public TestResult {
    rules = Set.copyOf(rules);
    sets = Set.copyOf(sets);
    lines = Set.copyOf(lines);
  }

  public boolean passed() {
    return test.accepts(answer);
  }
}
