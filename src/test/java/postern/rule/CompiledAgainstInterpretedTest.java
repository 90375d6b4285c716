package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds compiled rule sets against the interpreter: random rule sets must do the same to random
 * workspaces, with the same status and the same complaints, watched by nobody or by a trace of rule
 * sets.
 */
class CompiledAgainstInterpretedTest {
  private static final List<String> SETS = List.of("R", "Q", "T");

  /** Collects complaints and, if it watches, what went into and came out of rule sets. */
  private static final class Ear implements Trace {
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
    public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
      hear("enter ", set, machine, tokens, from, to);
    }

    @Override
    public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
      hear("leave ", set, machine, tokens, from, to);
    }

    private void hear(String what, RuleSet set, Machine machine, int[] tokens, int from, int to) {
      StringBuilder text = new StringBuilder(what).append(set.name());
      for (int i = from; i < to; i++) {
        text.append(' ').append(machine.symbols().text(tokens[i]));
      }
      heard.add(text.toString());
    }
  }

  @Test
  void compiledRuleSetsDoTheSame() {
    RandomRules random = new RandomRules(Long.getLong("postern.seed", 11));
    int compiled = 0;
    int written = 0;
    for (int i = 0; i < Integer.getInteger("postern.rounds", 60); i++) {
      String text = random.configuration();
      Program plain = RandomRules.compile(text);
      Program coded = RandomRules.compile(text);
      plain.treesAfter(Integer.MAX_VALUE);
      coded.treesAfter(Integer.MAX_VALUE);
      for (String name : SETS) {
        Plan plan = coded.plan(coded.ruleSet(coded.resolve(name)));
        plan.compile(coded);
        compiled += plan.compiled(coded) == null ? 0 : 1;
        for (Writing writing : plan.writings) {
          written += writing == null ? 0 : 1;
        }
      }
      for (Trace.Detail detail : List.of(Trace.Detail.NOTHING, Trace.Detail.SETS)) {
        Ear plainEar = new Ear(detail);
        Ear codedEar = new Ear(detail);
        Machine one = new Machine(plain, RandomRules.macros(plain), plainEar);
        Machine other = new Machine(coded, RandomRules.macros(coded), codedEar);
        for (int k = 0; k < 8; k++) {
          String typed = random.words();
          String expected = RandomRules.run(one, typed) + plainEar.heard;
          assertEquals(
              expected, RandomRules.run(other, typed) + codedEar.heard, () -> text + "\n" + typed);
          plainEar.heard.clear();
          codedEar.heard.clear();
        }
      }
    }
    assertTrue(compiled > 120, "compiled: " + compiled);
    assertTrue(written > 100, "written by code: " + written);
  }

  @Test
  void aWordMoreInAClassCallsForOtherCode() {
    Program program = RandomRules.compile("V10/Berkeley\nCx a\nSR\nR$=x\t$@ in\nR$+\t$@ out\n");
    Plan plan = program.plan(program.ruleSet(program.resolve("R")));
    plan.compile(program);
    Machine machine = new Machine(program, RandomRules.macros(program), Trace.NONE);
    assertTrue(plan.compiled(program) != null);
    assertEquals("out", result(machine, "b c"));
    program.classes().add(program.names().id("x"), "b c");
    assertTrue(plan.compiled(program) == null);
    assertEquals("in", result(machine, "b c"));
  }

  private static String result(Machine machine, String typed) {
    byte[] bytes = typed.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    machine.clear();
    machine.add(
        bytes, 0, bytes.length, machine.program().tables().rule(), false, 0, (c, m, t) -> {});
    machine.run(machine.program().resolve("R"));
    return machine.symbols().text(machine.token(0));
  }
}
