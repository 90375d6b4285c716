package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds compiled rule sets against the interpreter: random rule sets must do the same to random
 * workspaces, with the same status and the same complaints, watched by nobody or by a trace of rule
 * sets.
 */
class CompiledAgainstInterpretedTest {
  private static final List<String> SETS = List.of("R", "Q", "T");

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
        RuleSetEar plainEar = new RuleSetEar(detail);
        RuleSetEar codedEar = new RuleSetEar(detail);
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
