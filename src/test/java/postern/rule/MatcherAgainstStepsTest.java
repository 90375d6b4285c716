package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds the matcher that leaves steps out against the one that takes every step (which a trace of
 * rules gets): random rule sets must do the same to random workspaces, with the same status and the
 * same complaints.
 */
class MatcherAgainstStepsTest {
  private final RandomRules random = new RandomRules(20);
  private long applied;

  /** Collects complaints; asks for rules or for nothing. */
  private final class Ear implements Trace {
    private final Detail detail;
    private final List<String> heard = new ArrayList<>();

    Ear(Detail detail) {
      this.detail = detail;
    }

    @Override
    public Detail detail() {
      return detail;
    }

    @Override
    public void fault(String message, String cause) {
      heard.add(message + cause);
    }

    @Override
    public void problem(int code, String message, String text) {
      heard.add(code + message + text);
    }

    @Override
    public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
      applied++;
    }
  }

  @Test
  void bothMatchersDoTheSame() {
    int long20 = 0;
    for (int i = 0; i < 120; i++) {
      String text = random.configuration();
      Program program = RandomRules.compile(text);
      program.treesAfter(Integer.MAX_VALUE);
      Ear slowEar = new Ear(Trace.Detail.RULES);
      Ear fastEar = new Ear(Trace.Detail.NOTHING);
      Machine slow = new Machine(program, RandomRules.macros(program), slowEar);
      Machine fast = new Machine(program, RandomRules.macros(program), fastEar);
      for (int k = 0; k < 12; k++) {
        String typed = random.words();
        long20 += typed.length() > 20 ? 1 : 0;
        String expected = RandomRules.run(slow, typed) + slowEar.heard;
        assertEquals(
            expected, RandomRules.run(fast, typed) + fastEar.heard, () -> text + "\n" + typed);
        slowEar.heard.clear();
        fastEar.heard.clear();
      }
    }
    assertTrue(applied > 1000, "rules applied: " + applied);
    assertTrue(long20 > 100, "long workspaces: " + long20);
  }
}
