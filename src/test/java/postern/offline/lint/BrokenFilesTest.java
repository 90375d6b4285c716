package postern.offline.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.cf.OptionTable;
import postern.offline.DebianCf;
import postern.source.Diagnostic;

/** One deliberately broken file for each code; its first line says where the code must be found. */
class BrokenFilesTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "lint", "broken");

  @TempDir Path folder;

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(f -> !f.toString().endsWith(".mc")).sorted().toList();
    }
  }

  private static Compiler.Settings settings(List<Compiler.Setting> macros) {
    return new Compiler.Settings(
        new Host("gw.example.test", "gw.example.test", List.of()), List.of(), macros, false, true);
  }

  private static Configuration configuration(Path file) {
    if (file.toString().endsWith(".access")) {
      return Compiler.compile(
          "rulesets/postern.cf",
          Path.of("rulesets", "postern.cf"),
          settings(
              List.of(
                  new Compiler.Setting("{AccessFile}", file.toAbsolutePath().toString(), false))));
    }
    return Compiler.compile(file.toString(), file, settings(List.of()));
  }

  private static String code(Path file) {
    return file.getFileName().toString().replaceFirst("\\..*", "");
  }

  @ParameterizedTest
  @MethodSource("files")
  void theCodeIsFoundWhereItIs(Path file) throws IOException {
    Lint.Report report = Lint.check(configuration(file));
    String announced = Files.readAllLines(file).get(0).replaceFirst("# EXPECT ", "");
    List<String> found = new ArrayList<>();
    for (Finding finding : report.findings()) {
      if (finding.code().equals(code(file))) {
        assertTrue(finding.file().endsWith(file.getFileName().toString()), finding.file());
        found.add(finding.span().toString());
      }
    }
    assertEquals(announced, String.join(" ", found));
  }

  @Test
  void everyCodeHasAFile() throws IOException {
    TreeSet<String> codes = new TreeSet<>();
    for (LintCode code : LintCode.values()) {
      codes.add(code.name());
    }
    for (Diagnostic.Code code : Diagnostic.Code.values()) {
      codes.add(code.name());
    }
    codes.remove(Diagnostic.Code.UNREADABLE_FILE.name()); // a file that is not there
    codes.remove(Diagnostic.Code.BAD_PASSWORD_LINE.name()); // found when the server starts
    codes.remove(Diagnostic.Code.BAD_DATABASE.name()); // has no lines: see DatabaseMapTest
    codes.remove(Diagnostic.Code.STALE_DATABASE.name());
    TreeSet<String> there = new TreeSet<>();
    try (Stream<Path> all = Files.list(FOLDER)) {
      all.forEach(file -> there.add(code(file)));
    }
    assertEquals(codes, there);
  }

  @Test
  void whatSendmailsOwnLibraryMakesHasNoErrors() throws Exception {
    assumeTrue(DebianCf.isInstalled(), "sendmail-cf is not installed");
    Path access = folder.resolve("access");
    Files.writeString(access, "TLS_Clt:partner.example\tPERM+VERIFY:128\nConnect:192.0.2\tRELAY\n");
    Path cf =
        DebianCf.make(
            folder,
            "gw",
            "FEATURE(`access_db', `hash -T<TMPF> " + access + "')dnl",
            "FEATURE(`tls_session_features')dnl",
            "FEATURE(`delay_checks')dnl",
            "FEATURE(`blocklist_recipients')dnl",
            "FEATURE(`mailertable', `hash -o " + folder + "/mailertable')dnl",
            "FEATURE(`virtusertable', `hash -o " + folder + "/virtusertable')dnl",
            "MAILER(`local')dnl",
            "MAILER(`smtp')dnl");
    Lint.Report report = Lint.check(Compiler.compile("gw.cf", cf, settings(List.of())));
    List<String> serious =
        report.findings().stream()
            .filter(f -> f.level() != LintCode.Level.NOTE)
            .map(f -> f.code() + " " + f.message().replaceAll("[0-9]+", "N"))
            .toList();
    // Faults that are really there: a rule behind one that takes all, a map that no line declares,
    // an UUCP relay's name.
    assertEquals(
        List.of(
            "UNREACHABLE_RULE the rule in line N takes everything that this one would match, and"
                + " ends rule set Basic_check_mail",
            "UNKNOWN_MAP no K line declares map stsxnodaneflag; look-ups in it find nothing",
            "UNDEFINED_MACRO nothing defines macro Y: no D line, no -M, no rule and no session"),
        serious);
  }

  @Test
  void optionsThatAreSaidToBeUsedAre() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> all = Files.walk(Path.of("src", "main", "java", "postern"))) {
      for (Path file :
          all.filter(f -> f.toString().endsWith(".java"))
              .filter(f -> !f.toString().matches(".*/(offline|mc)/.*|.*/Option(Table|Values).java"))
              .toList()) {
        sources.append(Files.readString(file));
      }
    }
    TreeSet<String> wrong = new TreeSet<>();
    OptionTable.OPTIONS.forEach(
        option -> {
          boolean asked =
              sources.indexOf("\"" + option.name() + "\"") >= 0
                  || sources.indexOf("\"" + option.name() + ".") >= 0;
          if (OptionLints.USED.contains(option.name()) && !asked) {
            wrong.add(option.name());
          }
        });
    assertEquals(new TreeSet<>(), wrong);
  }

  @Test
  void sarifNamesPlacesAndRules() throws IOException {
    StringWriter out = new StringWriter();
    Path file = FOLDER.resolve("UNKNOWN_MAP.cf");
    Sarif.write(Lint.check(configuration(file)), "1", out);
    String text = out.toString().replaceAll("\\s+", " ");
    assertTrue(text.contains("\"uri\" : \"src/test/resources/lint/broken/UNKNOWN_MAP.cf\""), text);
    assertTrue(text.contains("\"startLine\" : 5, \"startColumn\" : 8, \"endColumn\" : 15"), text);
    assertTrue(text.contains("\"id\" : \"UNKNOWN_MAP\", \"shortDescription\""), text);
  }
}
