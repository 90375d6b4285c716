package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.text.Macros;
import postern.text.Prescan;

/**
 * Trees recognise answers by where they lie in a table, compare numbers and set macros without
 * asking maps. The answers stay those of the file as it is now.
 */
class TreeAnswersTest {
  private static final int ENOUGH = 100;

  @TempDir Path folder;
  private Path file;
  private Program program;
  private Machine machine;

  @BeforeEach
  void compile() throws Exception {
    file = Files.writeString(folder.resolve("m"), "a\tone two\nb\tgot %1!\nc\t\n");
    Path cf =
        Files.writeString(
            folder.resolve("t.cf"),
            """
            V10/Berkeley
            O OperatorChars=.:%@!^/[]+
            Km text -k0 -v1 -z\\t MAP
            Kma text -k0 -v1 -z\\t -a.end MAP
            Kmm text -k0 -v1 -z\\t -m MAP
            Kcompute arith
            Kstore macro
            Sfind
            R$*\t$: $(m $1 $@ arg $: none $)
            Sappend
            R$*\t$: $(ma $1 $: none $)
            Smatch
            R$*\t$: $(mm $1 $: none $)
            Sless
            R$* : $*\t$: $(compute l $@ $1 $@ $2 $)
            Sequal
            R$* : $*\t$: $(compute = $@ $1 $@ $2 $)
            Skeep
            R$*\t$: $(store {kept} $@ $1 $)
            R$*\t$: $&{kept}
            """
                .replace("MAP", file.toString()));
    program =
        Compiler.compile(
                cf.toString(),
                cf,
                new Compiler.Settings(
                    new Host("gw.example.test", "gw", List.of()),
                    List.of(),
                    List.of(),
                    false,
                    false))
            .program();
    program.treesAfter(5);
    machine = new Machine(program, new Macros(program.macros()), Trace.NONE);
  }

  private String run(String set, String text) {
    machine.clear();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    machine.add(bytes, 0, bytes.length, program.tables().rule(), false, 0, Prescan.Reporter.SILENT);
    machine.run(program.resolve(set));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < machine.count(); i++) {
      out.append(i > 0 ? " " : "").append(machine.symbols().text(machine.token(i)));
    }
    return out.toString();
  }

  private void always(String set, String text, String result) {
    for (int i = 0; i < ENOUGH; i++) {
      assertEquals(result, run(set, text), set + " " + text + ", time " + i);
    }
  }

  @Test
  void answersInTurn() {
    for (int i = 0; i < ENOUGH; i++) {
      assertEquals("one two", run("find", "a"));
      assertEquals("got arg !", run("find", "b"));
      assertEquals("", run("find", "c"));
      assertEquals("none", run("find", "d"));
      assertEquals("one two . end", run("append", "a"));
      assertEquals("a", run("match", "a"));
    }
    assertTrue(machine.decidedByTree() > ENOUGH, "trees were not used");
  }

  @Test
  void aFileThatChanges() throws Exception {
    always("find", "a", "one two");
    Files.writeString(file, "b\tother\na\tred two\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() - 10_000));
    java.util.Objects.requireNonNull(program.maps().find("m")).refresh();
    always("find", "a", "red two");
    always("find", "b", "other");
    always("find", "c", "none");
  }

  @Test
  void numbers() {
    for (int i = 0; i < ENOUGH; i++) {
      assertEquals("TRUE", run("less", "9 : 10"));
      assertEquals("FALSE", run("less", "10 : 9"));
      assertEquals("FALSE", run("less", "256 : 256"));
      assertEquals("TRUE", run("equal", "256 : 256"));
      assertEquals("TRUE", run("equal", "010 : 8"));
      assertEquals("TRUE", run("equal", "0x10 : 16"));
      assertEquals("TRUE", run("equal", "0 : x"));
      assertEquals("TRUE", run("less", "-3 : 2"));
      assertEquals("TRUE", run("less", "99999999999999999 : 100000000000000000"));
      assertEquals("TRUE", run("equal", "99999999999999999999 : 9223372036854775807"));
    }
    assertTrue(machine.decidedByTree() > ENOUGH, "trees were not used");
  }

  @Test
  void macros() {
    for (int i = 0; i < ENOUGH; i++) {
      assertEquals("x . y", run("keep", "x.y"));
      assertEquals("z", run("keep", "z"));
    }
    assertTrue(machine.decidedByTree() > ENOUGH, "trees were not used");
  }
}
