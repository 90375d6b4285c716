package postern.cf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import postern.KeptInputs;
import postern.rule.Machine;
import postern.rule.Trace;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.text.Macros;
import postern.text.Prescan;
import postern.text.TokenTables;

/** Any text as a configuration, and any rule sets with any workspace. */
class CfFuzzTest {
  private static final String HEAD = "V10/Berkeley\nO OperatorChars=.:%@!^/[]+\n";
  private static final int CALLED = 4;

  private static final String[] PARTS = {
    "$*",
    "$+",
    "$-",
    "$@",
    "$=w",
    "$~w",
    "$1",
    "$2",
    "$3",
    "$9",
    "$:",
    "$@ ",
    "$#error",
    "$#local",
    " $@ ",
    " $: ",
    "$[",
    "$]",
    "$(k ",
    " $)",
    "$>1 ",
    "$>2 ",
    "$>3 ",
    "$>check_x ",
    "$&f",
    "$f",
    "${verify}",
    "$&{verify}",
    "$|",
    "<",
    ">",
    "@",
    ".",
    "a",
    "b.c",
    "\"x y\"",
    "\\(",
    "(",
    ")",
    " ",
    "\t",
    "\n",
    "R",
    "S",
    "$?f",
    "$.",
    "$$",
    ",",
    ";",
    ":",
    "$",
    "[",
    "]",
    "\u00e4",
    "$@ 5.7.1",
    "!"
  };

  private static Configuration compile(String text) {
    return Compiler.compile(SourceText.of("fuzz.cf", text), Compiler.Settings.plain(Host.local()));
  }

  /** Text that would have programs run or files of the machine read is not for this test. */
  private static boolean tame(String text) {
    return text.indexOf('|') < 0 && text.indexOf('/') < 0;
  }

  @FuzzTest(maxDuration = "10m")
  void compiler(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    if (!tame(text)) {
      return;
    }
    Configuration configuration = compile(text);
    int lines = (int) text.chars().filter(c -> c == '\n').count() + 2;
    for (Diagnostic problem : configuration.diagnostics()) {
      assertTrue(problem.span().line() <= lines, problem.headline());
    }
  }

  /** Rule sets put together of the language's parts; a called one comes after its caller. */
  @FuzzTest(maxDuration = "10m")
  void machine(FuzzedDataProvider data) {
    StringBuilder text = new StringBuilder(HEAD).append("Cw x y z.test\nKk arith\nDfjoe\n");
    for (int set = 0; set < CALLED; set++) {
      text.append('S').append(set).append('\n');
      int rules = data.consumeInt(0, 3);
      for (int rule = 0; rule < rules; rule++) {
        text.append('R');
        side(data, text, set);
        text.append('\t');
        side(data, text, set);
        text.append('\n');
      }
    }
    Configuration configuration = compile(text.toString());
    Macros macros = new Macros(configuration.program().macros());
    Machine machine = new Machine(configuration.program(), macros, Trace.NONE);
    TokenTables tables = configuration.program().tables();
    byte[] workspace = data.consumeRemainingAsBytes();
    machine.clear();
    machine.add(
        workspace, 0, workspace.length, tables.internal(), false, 0, Prescan.Reporter.SILENT);
    if (machine.count() == 0 || configuration.program().number("0") < 0) {
      return;
    }
    machine.run(configuration.program().number("0"));
    assertTrue(machine.count() <= Machine.MAX_TOKENS);
  }

  private static void side(FuzzedDataProvider data, StringBuilder text, int set) {
    int parts = data.consumeInt(0, 8);
    for (int i = 0; i < parts; i++) {
      String part = PARTS[data.consumeInt(0, PARTS.length - 1)];
      boolean calls = part.startsWith("$>") && part.charAt(2) <= '0' + set;
      if (!calls && part.indexOf('\n') < 0) {
        text.append(part);
      }
    }
  }

  @Test
  void keptInputs() throws IOException {
    assertTrue(KeptInputs.play("compiler", this::compiler) > 2000);
  }
}
