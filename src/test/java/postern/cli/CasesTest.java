package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import postern.cf.Compiler;
import postern.rulesets.InstalledSendmail;

/**
 * The sessions in {@code src/test/resources/bt}, to the byte: what this program answers, always,
 * and what sendmail answers, where it is installed.
 */
class CasesTest {
  private static final Path FOLDER = Path.of("src/test/resources/bt");
  private static final String BANNER =
      "ADDRESS TEST MODE (ruleset 3 NOT automatically invoked)\nEnter <ruleset> <address>\n";
  private static final int CASES_IN_THE_TABLE = 90;

  @TestFactory
  List<DynamicTest> ours() throws IOException {
    return tests(CasesTest::run);
  }

  @TestFactory
  List<DynamicTest> sendmail() throws IOException {
    return tests(
        (session, folder) -> {
          assumeTrue(InstalledSendmail.missing().isEmpty(), InstalledSendmail.missing().orElse(""));
          return real(session, folder);
        });
  }

  private interface Interpreter {
    InstalledSendmail.Session run(CaseFile.Session session, Path folder) throws Exception;
  }

  private static List<DynamicTest> tests(Interpreter interpreter) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> list = Files.list(FOLDER)) {
      files = list.sorted().toList();
    }
    assertFalse(files.isEmpty());
    for (Path file : files) {
      List<CaseFile.Session> sessions = CaseFile.read(file).sessions();
      if (file.endsWith("edge-cases.txt")) {
        assertEquals(CASES_IN_THE_TABLE, sessions.size());
      }
      for (CaseFile.Session session : sessions) {
        tests.add(
            dynamicTest(
                file.getFileName() + " " + session.name(),
                () -> {
                  Path folder = folder(session);
                  InstalledSendmail.Session got = interpreter.run(session, folder);
                  assertEquals(
                      text(session.output(), session.status()),
                      text(shown(got.output(), folder), got.status()));
                }));
      }
    }
    return tests;
  }

  private static String text(String output, int status) {
    return CaseFile.escaped(output) + "rc=" + status;
  }

  /** Sendmail wants no world-writable folder above its maps. */
  private static Path folder(CaseFile.Session session) throws IOException {
    Path parent = Files.createDirectories(Path.of("target", "bt").toAbsolutePath());
    Path folder = Files.createTempDirectory(parent, "case-");
    for (Map.Entry<String, String> file : session.files().entrySet()) {
      write(folder.resolve(file.getKey()), file.getValue(), folder);
    }
    write(folder.resolve("t.cf"), String.join("\n", session.configuration()) + "\n", folder);
    return folder;
  }

  private static void write(Path file, String text, Path folder) throws IOException {
    Files.writeString(file, inFolder(text, folder), StandardCharsets.ISO_8859_1);
  }

  private static String inFolder(String text, Path folder) {
    return text.replace("@DIR@", folder.toString());
  }

  private static String shown(String output, Path folder) {
    String text =
        output
            .replace(BANNER, "")
            .replace(folder + "/t.cf", "t.cf")
            .replace(folder.toString(), "@DIR@")
            .replaceAll("0x[0-9a-f]{6,}", "PTR");
    text = text.endsWith("> ") ? text.substring(0, text.length() - 2) : text;
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }

  private static List<String> arguments(CaseFile.Session session, Path folder) {
    return session.arguments().stream().map(word -> inFolder(word, folder)).toList();
  }

  private static InstalledSendmail.Session run(CaseFile.Session session, Path folder)
      throws IOException, UsageException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments(session, folder));
    List<Compiler.Setting> options = new ArrayList<>();
    options.add(new Compiler.Setting("DontProbeInterfaces", "true", false));
    options.addAll(switches.options());
    return TestMode.run(
        folder.resolve("t.cf"),
        switches.debug(),
        switches.verbose(),
        options,
        switches.macros(),
        inFolder(session.input(), folder));
  }

  private static InstalledSendmail.Session real(CaseFile.Session session, Path folder) {
    List<String> arguments = new ArrayList<>(List.of("-C", folder.resolve("t.cf").toString()));
    arguments.addAll(arguments(session, folder));
    return InstalledSendmail.run(arguments, inFolder(session.input(), folder));
  }
}
