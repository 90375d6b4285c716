package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import postern.text.Macros;

/**
 * Holds decision trees against the interpreter: random rule sets must do the same to random
 * workspaces with random values of macros, with the same status, the same complaints and the same
 * macros set, as trees grow and when they have grown.
 */
class TreeAgainstInterpretedTest {
  private static final List<String> VALUES =
      List.of("a.B", "", "b (c) <", "x.y.z", "7", "\"q r\"", "b", "a b", "<c@b>", "\\a");

  @Test
  void treesDoTheSame() {
    compare(Trace.Detail.NOTHING);
  }

  @Test
  void tracesOfRuleSetsHearTheSame() {
    compare(Trace.Detail.SETS);
  }

  private static void compare(Trace.Detail detail) {
    long seed = Long.getLong("postern.seed", 5);
    RandomRules random = new RandomRules(seed);
    Random values = new Random(seed);
    long decided = 0;
    long runs = 0;
    for (int i = 0; i < Integer.getInteger("postern.rounds", 100); i++) {
      String text = random.configuration();
      Program plain = RandomRules.compile(text);
      Program grown = RandomRules.compile(text);
      plain.treesAfter(Integer.MAX_VALUE);
      grown.treesAfter(1);
      RuleSetEar plainEar = new RuleSetEar(detail);
      RuleSetEar grownEar = new RuleSetEar(detail);
      Macros plainMacros = RandomRules.macros(plain);
      Macros grownMacros = RandomRules.macros(grown);
      Machine one = new Machine(plain, plainMacros, plainEar);
      Machine other = new Machine(grown, grownMacros, grownEar);
      for (int k = 0; k < 6; k++) {
        String typed = random.words();
        for (int again = 0; again < 14; again++) {
          if (values.nextInt(3) == 0) {
            String name = List.of("m", "e", "q").get(values.nextInt(3));
            String value = VALUES.get(values.nextInt(VALUES.size()));
            plainMacros.set(plain.names().id(name), value);
            grownMacros.set(grown.names().id(name), value);
          }
          String expected = RandomRules.run(one, typed) + plainEar.heard + set(plainMacros, plain);
          assertEquals(
              expected,
              RandomRules.run(other, typed) + grownEar.heard + set(grownMacros, grown),
              () -> text + "\n" + typed);
          plainEar.heard.clear();
          grownEar.heard.clear();
          runs += 2;
        }
      }
      decided += other.decidedByTree();
    }
    assertTrue(decided > runs / 8, decided + " of " + runs + " decided by trees");
  }

  private static String set(Macros macros, Program program) {
    return " m=" + macros.text(program.names().id("m"));
  }

  @Test
  void aWordMoreInAClassFellsTheTree() {
    Program program = RandomRules.compile("V10/Berkeley\nCx a\nSR\nR$=x\t$@ in\nR$+\t$@ out\n");
    program.treesAfter(1);
    Machine machine = new Machine(program, RandomRules.macros(program), Trace.NONE);
    for (int i = 0; i < 8; i++) {
      assertEquals("out", result(machine, "b c"));
    }
    long decided = machine.decidedByTree();
    assertTrue(decided > 0);
    program.classes().add(program.names().id("x"), "b c");
    for (int i = 0; i < 8; i++) {
      assertEquals("in", result(machine, "b c"));
    }
    assertTrue(machine.decidedByTree() > decided);
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
