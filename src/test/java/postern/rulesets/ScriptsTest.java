package postern.rulesets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The {@code .bt} scripts: those beside the examples, each for the {@code .cf} of its name, and
 * those in {@code src/test/resources/rulesets} for the stock policy.
 */
class ScriptsTest {
  private static final Path EXAMPLES = Path.of("rulesets", "examples");
  private static final Path STOCK = Path.of("src/test/resources/rulesets");

  @TestFactory
  List<DynamicTest> examples() throws IOException {
    List<Path> configurations = files(EXAMPLES, ".cf");
    assertEquals(
        configurations.stream().map(ScriptsTest::stem).toList(),
        files(EXAMPLES, ".bt").stream().map(ScriptsTest::stem).toList(),
        "every example has its script");
    return tests(EXAMPLES, script -> script.file().resolveSibling(stem(script.file()) + ".cf"));
  }

  @TestFactory
  List<DynamicTest> stockPolicy() throws IOException {
    return tests(STOCK, script -> Setup.STOCK);
  }

  private interface Configuration {
    Path of(Script script);
  }

  private static List<DynamicTest> tests(Path folder, Configuration configuration)
      throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : files(folder, ".bt")) {
      Script script = Script.read(file);
      assertFalse(script.steps().isEmpty(), file + " asks nothing");
      Setup setup = script.setup(configuration.of(script));
      for (Interpreter interpreter : Interpreter.values()) {
        tests.add(
            dynamicTest(
                stem(file) + ", " + interpreter,
                () -> {
                  assumeTrue(interpreter.missing().isEmpty(), interpreter.missing().orElse(""));
                  List<String> differences = script.differences(interpreter.start(setup));
                  assertEquals("", String.join("\n", differences));
                }));
      }
    }
    return tests;
  }

  private static List<Path> files(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
  }
}
