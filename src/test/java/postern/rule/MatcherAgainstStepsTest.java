package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.source.SourceText;
import postern.text.Macros;

/**
 * Holds the matcher that leaves steps out against the one that takes every step (which a trace of
 * rules gets): random rule sets must do the same to random workspaces, with the same status and the
 * same complaints.
 */
class MatcherAgainstStepsTest {
  private static final String[] LEFT = {
    "$*", "$*", "$+", "$+", "$-", "$@", "$=w", "$=s", "$~w", "$~s", "$&m", "$&e", "a", "B", ".",
    "@", "<", ">", "$|", "$#"
  };
  private static final String[] RIGHT = {
    "$1",
    "$1",
    "$2",
    "$3",
    "a",
    "b",
    ".",
    "@",
    "<",
    ">",
    "$|",
    "$&m",
    "$&e",
    "$&q",
    "$>T $1",
    "$>\"T\" $2",
    "$>Empty $1",
    "$>None $1",
    "$(sum + $@ $1 $@ 2 $: no $)",
    "$(set m $@ $1 $)",
    "$(none $1 $: a.b $)",
    "$#"
  };
  private static final String[] WORDS = {
    "a", "b", "A", "c", ".", "@", "<", ">", "a.b", "x.y.z", "$|", "7", "\"a b\"", "(", "\u0099"
  };

  private final Random random = new Random(20);
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
      String text = configuration();
      Program program =
          Compiler.compile(
                  SourceText.of("random.cf", text),
                  Compiler.Settings.plain(new Host("gw.example.test", "gw", List.of())))
              .program();
      Ear slowEar = new Ear(Trace.Detail.RULES);
      Ear fastEar = new Ear(Trace.Detail.NOTHING);
      Machine slow = new Machine(program, macros(program), slowEar);
      Machine fast = new Machine(program, macros(program), fastEar);
      for (int k = 0; k < 12; k++) {
        String typed = some(WORDS, 1 + random.nextInt(9), " ");
        long20 += typed.length() > 20 ? 1 : 0;
        String expected = run(slow, typed) + slowEar.heard;
        assertEquals(expected, run(fast, typed) + fastEar.heard, () -> text + "\n" + typed);
        slowEar.heard.clear();
        fastEar.heard.clear();
      }
    }
    assertTrue(applied > 1000, "rules applied: " + applied);
    assertTrue(long20 > 100, "long workspaces: " + long20);
  }

  private static Macros macros(Program program) {
    Macros macros = new Macros(program.macros());
    macros.set(program.names().id("m"), "a.B");
    macros.set(program.names().id("e"), "");
    macros.set(program.names().id("q"), "b (c) <");
    return macros;
  }

  private static String run(Machine machine, String typed) {
    byte[] bytes = typed.getBytes(StandardCharsets.ISO_8859_1);
    machine.clear();
    boolean added =
        machine.add(
            bytes, 0, bytes.length, machine.program().tables().rule(), false, 0, (c, m, t) -> {});
    if (!added) {
      return "nothing";
    }
    StringBuilder result = new StringBuilder();
    for (String set : List.of("R", "Q")) {
      int status = machine.run(machine.program().resolve(set));
      result.append(status).append(':');
      for (int i = 0; i < machine.count(); i++) {
        result.append(' ').append(machine.symbols().text(machine.token(i)));
      }
      result.append('\n');
    }
    return result.toString();
  }

  private String configuration() {
    StringBuilder text = new StringBuilder("V10/Berkeley\nCw a a.b b.c x.y.z\nCs a b 7\n");
    text.append("Ksum arith\nKset macro\nKnone null\nSEmpty\n");
    for (String set : List.of("R", "Q", "T")) {
      text.append('S').append(set).append('\n');
      for (int i = random.nextInt(5); i >= 0; i--) {
        text.append('R').append(some(LEFT, 1 + random.nextInt(6), " ")).append('\t');
        text.append(List.of("", "$: ", "$@ ", "$: ").get(random.nextInt(4)));
        String right = some(RIGHT, 1 + random.nextInt(5), " ");
        text.append(set.equals("T") ? right.replaceAll("\\$>\"?T\"?", "a") : right).append('\n');
      }
    }
    return text.toString();
  }

  private String some(String[] from, int n, String between) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < n; i++) {
      text.append(i == 0 ? "" : between).append(from[random.nextInt(from.length)]);
    }
    return text.toString();
  }
}
