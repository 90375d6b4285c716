package postern.rulesets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The access file we ship: nothing in force, and examples that would work. */
class AccessFileTest {
  private static final Path ACCESS = Path.of("rulesets", "access");
  private static final Pattern EXAMPLE = Pattern.compile("#([A-Za-z_]+:\\S*)\t(\\S.*)");

  @Test
  void nothingIsInForce() throws IOException {
    assertTrue(Files.readAllLines(ACCESS).stream().allMatch(l -> l.isBlank() || l.startsWith("#")));
  }

  @Test
  void noExampleContradictsAnother() throws IOException {
    List<String> keys = examples().stream().map(example -> example.group(1)).toList();
    assertTrue(keys.size() > 20, "examples were found: " + keys);
    assertEquals(keys.stream().distinct().toList(), keys);
  }

  /** Uncommented, each example of a requirement is one that refuses a client without TLS. */
  @ParameterizedTest
  @EnumSource(Interpreter.class)
  void examplesWork(Interpreter interpreter) throws IOException {
    String active =
        examples().stream()
            .map(example -> example.group(1) + "\t" + example.group(2) + "\n")
            .collect(Collectors.joining());
    Oracle oracle = interpreter.start(Setup.stock(Scratch.file("access", active)));
    List<String> requirements =
        examples().stream()
            .filter(example -> example.group(1).startsWith("TLS_"))
            .filter(example -> !example.group(1).contains("Features"))
            .map(example -> example.group(2))
            .filter(requirement -> !requirement.equals("OK"))
            .toList();
    assertTrue(requirements.size() >= 8, "requirements were found: " + requirements);
    List<String> answers =
        oracle.run(
            requirements.stream()
                .map(requirement -> "Translate,TLS_connection $| <" + requirement + ">")
                .toList());
    for (int i = 0; i < requirements.size(); i++) {
      String verdict = Oracle.verdict(answers.get(i));
      assertTrue(verdict.startsWith("$# error"), requirements.get(i) + " gives " + verdict);
    }
    List<String> some =
        oracle.run(
            List.of(
                ".D{client_name}x.example",
                ".D{client_addr}10.1.2.3",
                "Translate,tls_client NO $| MAIL",
                "check_mail <offers@shop.example>",
                "check_rcpt <left@example.org>",
                "check_rcpt <anyone@partner.example>"));
    assertEquals("OK", Oracle.verdict(some.get(2)));
    assertEquals("$# error $@ 5 . 7 . 1 $: \"550 Access denied\"", Oracle.verdict(some.get(3)));
    assertEquals(
        "$# error $@ 5 . 1 . 6 $: 551 Has left ; see www . example . org",
        Oracle.verdict(some.get(4)));
    assertEquals("OK", Oracle.verdict(some.get(5)));
  }

  private static List<Matcher> examples() throws IOException {
    return Files.readAllLines(ACCESS).stream()
        .map(EXAMPLE::matcher)
        .filter(Matcher::matches)
        .toList();
  }
}
