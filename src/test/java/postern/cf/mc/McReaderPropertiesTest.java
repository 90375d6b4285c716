package postern.cf.mc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the text: the reader ends, throws nothing, and points at places that exist. */
class McReaderPropertiesTest {
  private static final String STOCK = "Cw localhost\nSLocal_tls_client\nSLocal_check_rcpt\n";

  @Provide
  Arbitrary<String> soup() {
    Arbitrary<String> words =
        Arbitraries.of(
            "define",
            "undefine",
            "ifdef",
            "ifelse",
            "include",
            "divert",
            "dnl",
            "FEATURE",
            "MAILER",
            "LOCAL_CONFIG",
            "LOCAL_TLS_CLIENT",
            "LOCAL_RULESETS",
            "DAEMON_OPTIONS",
            "confCACERT",
            "TLS_PERM_ERR",
            "SMART_HOST",
            "access_db",
            "greet_pause",
            "A",
            "B",
            "-1",
            "0",
            "Sfoo",
            "R$*\t$@ OK");
    Arbitrary<String> marks =
        Arbitraries.of(
            "(", ")", "(`", "')", "`", "'", ",", "', `", "\n", "dnl\n", " ", "\r\n", "\t", "#",
            "$1", "$@", "$*", "ä", "\0", "\\");
    return Arbitraries.oneOf(words, marks, Arbitraries.strings().ofMaxLength(3))
        .list()
        .ofMaxSize(60)
        .map(parts -> parts.stream().collect(Collectors.joining()));
  }

  @Property(tries = 500)
  void anyTextIsRead(@ForAll("soup") String text) {
    McFile file = McReader.read("soup.mc", text);
    long lines = text.chars().filter(c -> c == '\n').count() + 1;
    for (McProblem problem : file.problems()) {
      assertTrue(problem.place().line() <= lines, () -> problem + " of " + lines);
    }
    for (McBlock block : file.blocks()) {
      for (McBlock.Line line : block.lines()) {
        assertTrue(line.line() <= lines && line.text().indexOf('\n') < 0, line.toString());
      }
    }
    assertNotNull(file.options());
  }

  @Property(tries = 200)
  void anyModelIsAssembled(@ForAll("soup") String text) {
    McAssembly assembly = McAssembler.assemble(McReader.read("soup.mc", text), "stock.cf", STOCK);
    assertEquals(assembly.text().split("\n", -1).length - 1, assembly.lines().size());
  }

  @Property(tries = 100)
  void aDefinedValueComesBack(@ForAll("values") String value) {
    McFile file = McReader.read("value.mc", "define(`confCACERT', `" + value + "')dnl\n");
    assertEquals(value, file.value("confCACERT"));
    assertEquals(java.util.List.of(), file.problems());
  }

  /** Texts that m4 would leave alone: no word is defined, no quote, no parameter. */
  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings()
        .withChars("abcXYZ019 /.:@-_=+()[]{}<>!%&;\n\t")
        .ofMaxLength(40)
        .filter(text -> !text.contains("dnl"));
  }

  @Property(tries = 20)
  void deepNestingIsRefusedAndNotRecursedInto(@ForAll("deep") String opener) {
    McFile file = McReader.read("deep.mc", opener.repeat(20_000));
    assertTrue(file.problems().get(0).message().contains("levels deep"), file.problems()::toString);
  }

  @Provide
  Arbitrary<String> deep() {
    return Arbitraries.of("`", "(", "define(", "ifdef(`", "FEATURE(`x', ");
  }
}
