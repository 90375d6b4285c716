package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BtPlusTest {
  private static final String CF =
      """
      V10/Berkeley
      O OperatorChars=.:%@!^/[]+
      Stls_client
      R$* $| $*\t$@ two < $1 > < $2 >
      R$*\t$@ one < $1 >
      STranslate
      R$* $$| $*\t$: $1 $| $2
      """;

  @TempDir Path folder;

  private List<String> answers(String input) throws IOException {
    return answers(CF, input);
  }

  private List<String> answers(String text, String input) throws IOException {
    Path cf = Files.writeString(folder.resolve("t.cf"), text);
    String output = TestMode.run(cf, Map.of(), Map.of(), input).output();
    return output
        .lines()
        .dropWhile(line -> !line.startsWith("Enter "))
        .skip(1)
        .map(line -> line.replaceFirst("^(> )+", ""))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static String returns(String result) {
    return "tls_client       returns: " + result;
  }

  @Test
  void withoutItTheDelimiterIsTwoCharacters() throws IOException {
    assertEquals(
        List.of("tls_client         input: OK $| MAIL", returns("one < OK $| MAIL >")),
        answers("tls_client OK $| MAIL\n"));
    assertEquals(List.of("Unknown \".\" command .facts x"), answers(".facts x\n"));
  }

  static Stream<Arguments> typed() {
    return Stream.of(
        Arguments.of("OK $| MAIL", "two < OK > < MAIL >"),
        Arguments.of("OK$|MAIL", "two < OK > < MAIL >"),
        Arguments.of("$| MAIL", "two < > < MAIL >"),
        Arguments.of("OK $|", "two < OK > < >"),
        Arguments.of("a $| b $| c", "two < a > < b $| c >"),
        Arguments.of("a $$| b", "one < a $| b >"),
        Arguments.of("a \\$| b", "one < a $| b >"),
        Arguments.of("\"a\\\" $| b\" $| c", "two < \"a\\\" $| b\" > < c >"));
  }

  @ParameterizedTest
  @MethodSource("typed")
  void withItATypedDelimiterIsOne(String typed, String result) throws IOException {
    List<String> answers = answers(".plus on\ntls_client " + typed + "\n");
    assertEquals(returns(result), answers.get(answers.size() - 1));
    assertEquals(2, answers.size(), answers.toString());
  }

  @Test
  void commasStillDivide() throws IOException {
    assertEquals(
        List.of(returns("two < a > < b >"), returns("two < c > < d >")),
        answers(".plus on\ntls_client a $| b, c $| d\n").stream()
            .filter(line -> line.contains("returns"))
            .toList());
  }

  @Test
  void translatingRuleSetsStillWork() throws IOException {
    String last = returns("two < OK > < MAIL >");
    List<String> on = answers(".plus on\nTranslate,tls_client OK $| MAIL\n");
    assertEquals(last, on.get(on.size() - 1));
    List<String> warned = answers(".plus warn\nTranslate,tls_client OK $| MAIL\n");
    assertEquals(last, warned.get(warned.size() - 1));
    assertEquals(4, warned.size(), warned.toString());
  }

  static Stream<Arguments> alike() {
    return Stream.of(
        Arguments.of("on", "OK $ | MAIL", "warning: $ | is not the delimiter; that is $|"),
        Arguments.of("on", "OK | MAIL", "warning: | is not the delimiter; that is $|"),
        Arguments.of(
            "on", "\"OK $| MAIL\"", "warning: $| within quotes is text, not the delimiter"),
        Arguments.of(
            "on", "OK", "warning: tls_client is asked with two arguments: tls_client A $| B"),
        Arguments.of(
            "warn",
            "OK $| MAIL",
            "warning: $| is two characters here, as in sendmail; \".plus on\" makes it the delimiter"));
  }

  @ParameterizedTest
  @MethodSource("alike")
  void whatOnlyLooksLikeOneIsToldOf(String mode, String typed, String warning) throws IOException {
    List<String> answers = answers(".plus " + mode + "\ntls_client " + typed + "\n");
    assertEquals(warning, answers.get(0));
    assertTrue(answers.get(2).startsWith(returns("one")), answers.toString());
  }

  @Test
  void itCanBeSwitchedOffAgain() throws IOException {
    List<String> answers = answers(".plus on\n.plus off\ntls_client OK $| MAIL\n.plus maybe\n");
    assertEquals(returns("one < OK $| MAIL >"), answers.get(1));
    assertEquals("Usage: .plus [on|warn|off]", answers.get(2));
  }
}
