package postern.offline.suite;

import postern.offline.Facts;
import postern.offline.Hook;

/**
 * One question of a test file and the answer that is expected.
 *
 * @param title heading that it stands under, may be empty
 * @param line where it stands in its file
 * @param text the question as it is written
 * @param facts all facts that hold
 * @param expectation the expected answer as it is written
 */
public record PolicyTest(
    String title, int line, String text, Facts facts, Hook hook, String expectation) {

  /** Whether {@code answer}, as a decision has it, is what is expected. */
  public boolean accepts(String answer) {
    if (expectation.equals("refuse")) {
      return answer.matches("[45][0-9][0-9] .*");
    }
    if (expectation.matches("[45][0-9][0-9]( [245]\\.[0-9]{1,3}\\.[0-9]{1,3})?")) {
      return answer.startsWith(expectation + " ");
    }
    return answer.stripTrailing().equals(expectation);
  }
}
