package postern.offline.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;

class LintTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "lint");
  private static final Compiler.Settings SETTINGS =
      Compiler.Settings.plain(new Host("gw.example.test", "gw.example.test", List.of()));

  private static Lint.Report broken() throws IOException {
    String text =
        Files.readString(FOLDER.resolve("rules.cf"))
            .replace("@ACCESS@", FOLDER.resolve("access").toAbsolutePath().toString());
    return Lint.check(Compiler.compile(SourceText.of("rules.cf", text), SETTINGS));
  }

  /** Lines of the form {@code # HERE: CODE} announce what is found in the line below. */
  private static List<String> announced(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("# HERE: ")) {
        expected.add((i + 2) + " " + lines.get(i).substring(8));
      }
    }
    return expected;
  }

  private static List<String> found(Lint.Report report, String file) {
    return report.findings().stream()
        .filter(f -> f.file().endsWith(file))
        .map(f -> f.span().line() + " " + f.code())
        .distinct()
        .toList();
  }

  @Test
  void everyFaultOfRulesIsFoundAtItsPlace() throws IOException {
    List<String> expected = new ArrayList<>(announced(FOLDER.resolve("rules.cf")));
    expected.add(0, "7 MISSING_MAP_FILE");
    expected.add(1, "8 UNUSED_MAP");
    assertEquals(expected, found(broken(), "rules.cf"));
  }

  @Test
  void everyFaultOfAccessLinesIsFoundAtItsPlace() throws IOException {
    assertEquals(announced(FOLDER.resolve("access")), found(broken(), "access"));
  }

  @Test
  void everyCodeHasASection() throws IOException {
    TreeSet<String> expected = new TreeSet<>();
    for (LintCode code : LintCode.values()) {
      expected.add(code.name());
    }
    for (Diagnostic.Code code : Diagnostic.Code.values()) {
      expected.add(code.name());
    }
    assertEquals(expected, new TreeSet<>(CodePages.codes()));
    String section = CodePages.section("static_macro");
    assertNotNull(section);
    assertTrue(section.startsWith("STATIC_MACRO\n\n`$x` in a rule"), section);
    assertTrue(!section.contains("LOOKALIKE"), section);
    assertNull(CodePages.section("NO_SUCH_CODE"));
  }

  @Test
  void thePlaceIsTheWordThatIsWrong() throws IOException {
    Finding finding =
        broken().findings().stream()
            .filter(f -> f.code().equals("STATIC_MACRO"))
            .findFirst()
            .orElseThrow();
    assertEquals(new Span(15, 22, 9), finding.span());
    assertEquals(
        """
        x.cf:15:22: warning: ${verify} is what the macro was when the file was read, that is, empty; \
        the session's value is $&{verify} [STATIC_MACRO]
          R$* $| MAIL	$: $1 $| ${verify} $| ${tls_version}
                     	         ^^^^^^^^^"""
            .strip(),
        finding.render("x.cf", broken().texts().get("rules.cf")));
  }

  @Test
  void theStockPolicyIsClean() {
    Configuration stock =
        Compiler.compile(
            "rulesets/postern.cf",
            Path.of("rulesets", "postern.cf"),
            new Compiler.Settings(
                SETTINGS.host(),
                List.of(),
                List.of(
                    new Compiler.Setting(
                        "{AccessFile}",
                        Path.of("rulesets", "access").toAbsolutePath().toString(),
                        false)),
                false,
                false));
    Lint.Report report = Lint.check(stock);
    assertEquals(
        List.of(),
        report.findings().stream()
            .filter(f -> f.level() != LintCode.Level.NOTE)
            .map(f -> f.render(f.file(), null))
            .toList());
  }

  @Test
  void theExamplesAreClean() throws IOException {
    try (var files = Files.list(Path.of("rulesets", "examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cf")).toList()) {
        Compiler.Setting table =
            new Compiler.Setting(
                "{Table}",
                file.resolveSibling("per-recipient.table").toAbsolutePath().toString(),
                false);
        Lint.Report report =
            Lint.check(
                Compiler.compile(
                    file.toString(),
                    file,
                    new Compiler.Settings(
                        SETTINGS.host(), List.of(), List.of(table), false, false)));
        assertEquals(
            List.of(),
            report.findings().stream()
                .filter(f -> f.level() != LintCode.Level.NOTE)
                .filter(f -> !f.code().equals("MISSING_MAP_FILE"))
                .map(f -> f.render(f.file(), null))
                .toList());
      }
    }
  }

  @Test
  void asJson() throws IOException {
    StringWriter out = new StringWriter();
    FindingJson.write(broken(), out);
    assertTrue(
        out.toString()
            .contains(
                "{\"code\":\"UNKNOWN_MAP\",\"level\":\"warning\",\"file\":\"rules.cf\",\"line\":22,"),
        out.toString());
  }
}
