package postern.offline.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import postern.cf.OptionTable;
import postern.source.SourceText;

/** What is said to change nothing must be what no source asks for, and the other way round. */
class OptionLintsTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "postern");

  /** They read every option, to check it. */
  private static final Set<String> CHECKERS =
      Set.of(
          "OptionTable.java",
          "OptionValues.java",
          "OptionLines.java",
          "OptionWords.java",
          "QueueLines.java",
          "BehindFile.java",
          "OptionLints.java");

  /** Options that take effect while the configuration is read. */
  private static final Set<String> WHILE_READING = Set.of("DontProbeInterfaces", "QueueTimeout");

  private static final Pattern LITERAL = Pattern.compile("\"([A-Za-z0-9]+)(\\.[a-z.-]+)?\"");

  /** The first group of each literal in the sources that read options. */
  private static Set<String> literals(boolean whole) throws IOException {
    Set<String> literals = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(SOURCES)) {
      files = walk.filter(f -> f.toString().endsWith(".java")).toList();
    }
    for (Path file : files) {
      if (CHECKERS.contains(String.valueOf(file.getFileName()))
          || file.startsWith(SOURCES.resolve("cf").resolve("mc"))
          || file.startsWith(SOURCES.resolve("offline"))) {
        continue;
      }
      Matcher literal = LITERAL.matcher(Files.readString(file));
      while (literal.find()) {
        literals.add(whole ? literal.group(1) + literal.group(2) : literal.group(1));
      }
    }
    return literals;
  }

  @Test
  void usedOptionsAreThoseThatSourcesAskFor() throws IOException {
    Set<String> asked = new TreeSet<>(WHILE_READING);
    Set<String> literals = literals(false);
    OptionTable.OPTIONS.stream().map(o -> o.name()).filter(literals::contains).forEach(asked::add);
    assertEquals(asked, new TreeSet<>(OptionLints.USED));
  }

  @Test
  void timeoutsThatLimitNothingAreAskedForNowhere() throws IOException {
    Set<String> literals = literals(true);
    assertEquals(
        List.of(),
        OptionLints.UNUSED_TIMEOUTS.stream()
            .filter(t -> literals.contains("Timeout." + t))
            .toList());
    assertEquals(true, literals.contains("Timeout.mail"));
  }

  @Test
  void aTimeoutThatLimitsNothingIsFoundAtItsPlace() {
    SourceText text =
        SourceText.of(
            "a.cf", "O Timeout.misc=1m\nO Timeout.mail=1m\nO EightBitMode=pass8\nO LogLevel=9\n");
    assertEquals(
        List.of("1:11 Timeout.misc is known and limits nothing here", "4:3 LogLevel"),
        OptionLints.of(text).stream()
            .map(f -> f.span().line() + ":" + f.span().column() + " " + shortened(f.message()))
            .toList());
  }

  private static String shortened(String message) {
    return message.startsWith("option ") ? message.split(" ", 3)[1] : message;
  }
}
