package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.source.SourceText;
import postern.text.Macros;
import postern.text.Prescan;
import postern.text.TokenTables;

/** Texts that are split again and again give what they gave the first time, and only they do. */
class InputTextTest {
  private final Program program =
      Compiler.compile(
              SourceText.of("t.cf", "V10/Berkeley\nO OperatorChars=.:@\n"),
              Compiler.Settings.plain(new Host("gw.example.test", "gw", List.of())))
          .program();
  private final TokenTables tables = program.tables();
  private final Machine machine = machine();

  private Machine machine() {
    return new Machine(program, new Macros(program.macros()), Trace.NONE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private boolean add(Machine to, String text, byte[] table, int delimiter) {
    byte[] all = bytes("<<" + text);
    return to.add(all, 2, all.length, table, false, delimiter, Prescan.Reporter.SILENT);
  }

  private static String words(Machine of) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < of.count(); i++) {
      out.append('[').append(of.symbols().text(of.token(i))).append(']');
    }
    return out.toString();
  }

  @Test
  void tableAndDelimiterCount() {
    for (int i = 0; i < 3; i++) {
      machine.clear();
      assertTrue(add(machine, "a.b,c", tables.rule(), 0));
      assertEquals("[a][.][b][,][c]", words(machine));
      assertEquals(7, machine.scanEnd());
      machine.clear();
      assertTrue(add(machine, "a.b,c", tables.rule(), ','));
      assertEquals("[a][.][b]", words(machine));
      assertEquals(5, machine.scanEnd());
      machine.clear();
      assertTrue(add(machine, "a.b,c", tables.external(), ','));
      assertTrue(add(machine, "d", tables.external(), ','));
      assertEquals("[a][.][b][d]", words(machine));
      machine.clear();
      assertFalse(add(machine, " ", tables.external(), 0));
      assertFalse(add(machine, "", tables.external(), 0));
      assertEquals("", words(machine));
    }
  }

  @Test
  void theSameAsByAMachineThatHasSeenNothing() {
    Random random = new Random(20261127);
    String[] some = {"OK", "MAIL", "a@b.example", "x y", "\"q\"", "(c) d", "", "a\u00e9b", "b,c"};
    for (int round = 0; round < 20_000; round++) {
      Machine fresh = machine();
      machine.clear();
      int texts = random.nextInt(5);
      for (int i = 0; i < texts; i++) {
        String text =
            random.nextInt(4) == 0 ? "w" + round + "." + i : some[random.nextInt(some.length)];
        byte[] table = random.nextBoolean() ? tables.rule() : tables.external();
        int delimiter = random.nextInt(3) == 0 ? ',' : 0;
        assertEquals(add(fresh, text, table, delimiter), add(machine, text, table, delimiter));
        assertEquals(fresh.scanEnd(), machine.scanEnd());
        assertEquals(fresh.isTooLong(), machine.isTooLong());
      }
      assertEquals(words(fresh), words(machine));
    }
  }
}
