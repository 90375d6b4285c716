package postern.rule;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.map.MapEntry;
import postern.map.Query;
import postern.source.SourceText;
import postern.text.Macros;

/** Random rule sets and random workspaces for them. */
final class RandomRules {
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
    "$(set {long} $@ $1 $)",
    "$(set {long} $)",
    "$&{long}",
    "$(word \"a\"$&m $: $&q$1 $)",
    "$(set {long} $@ b$&m$&m. $)",
    "$&{long}",
    "$(none $1 $: <$2> $)",
    "$(none $1 $: $1 $2 $)",
    "$(gone $1 $: no $)",
    "$(gone $1 $)",
    "$(lost $1 a $: $| $)",
    "$(maybe $1 $)",
    "$(word $1 $: no $1 $)",
    "$(word $1 $2 $)",
    "$(sum l $@ $1 $@ 5 $)",
    "$#"
  };
  private static final String[] WORDS = {
    "a", "b", "A", "c", ".", "@", "<", ">", "a.b", "x.y.z", "$|", "7", "\"a b\"", "(", "\u0099"
  };

  private final Random random;

  RandomRules(long seed) {
    random = new Random(seed);
  }

  static Program compile(String text) {
    Program program =
        Compiler.compile(
                SourceText.of("random.cf", text),
                Compiler.Settings.plain(new Host("gw.example.test", "gw", List.of())))
            .program();
    for (String name : List.of("gone", "lost", "maybe")) {
      MapEntry map = program.maps().find(name);
      if (map != null) {
        map.open(Query.Problems.SILENT); // whoever asks first would hear that it cannot be
      }
    }
    return program;
  }

  String words() {
    return some(WORDS, 1 + random.nextInt(9), " ");
  }

  static Macros macros(Program program) {
    Macros macros = new Macros(program.macros());
    macros.set(program.names().id("m"), "a.B");
    macros.set(program.names().id("e"), "");
    macros.set(program.names().id("q"), "b (c) <");
    return macros;
  }

  static String run(Machine machine, String typed) {
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

  String configuration() {
    StringBuilder text = new StringBuilder("V10/Berkeley\nCw a a.b b.c x.y.z\nCs a b 7\n");
    text.append("Ksum arith\nKset macro\nKnone null\nSEmpty\n");
    text.append("Kgone text -T<T> /nonexistent/a\nKlost text /nonexistent/a\n");
    text.append("Kmaybe text -t /nonexistent/a\nKword regex -s1 -a.@ ^(a|b|7|a\\.b|.*\\(.*)$\n");
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
