package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postern explain} of what stands in logs of a real sendmail and Postfix. */
class ExplainLogsTest {
  private static final Path LOGS = Path.of("src", "test", "resources", "logs");

  @TempDir Path folder;
  private String said = "";

  private int explain(String... more) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int status =
        ExplainCommand.run(List.of(more), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    said = bytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  private static String log(String name) {
    return LOGS.resolve(name).toString();
  }

  @Test
  void oneMessageByItsQueueId() throws Exception {
    int status =
        explain(
            "--zone",
            "UTC",
            "--access",
            log("sendmail.access"),
            "--queue-id",
            "6APDUrII032394",
            log("sendmail-9.log"));
    assertEquals(1, status);
    // It came in, and went to two servers.
    assertEquals(3, said.split("6APDUrII032394, 2026-11-25T13:30:5", -1).length - 1, said);
    assertTrue(said.contains("check_rcpt: client mx.news.example [127.0.0.15]"), said);
    assertTrue(
        said.contains("Refused for now: 454 4.7.0 encryption too weak 0 less than 128"), said);
    assertTrue(said.contains("The log does not tell: helo. The answer does not depend on that."));
  }

  @Test
  void whatTheLogDoesNotHoldIsSaid() throws Exception {
    Path line = folder.resolve("one");
    Files.write(
        line,
        Files.readAllLines(LOGS.resolve("sendmail-9.log"), StandardCharsets.ISO_8859_1).stream()
            .filter(each -> each.contains("STARTTLS=server, relay=mail.shop.example"))
            .limit(1)
            .toList());
    assertEquals(1, explain("--access", log("sendmail.access"), line.toString()));
    String words = said.replaceAll("\\s+", " ");
    assertTrue(
        words.contains(
            "The answer depends on that: refused, or accepted if the certificate's CN is "
                + "mail.shop.example."),
        said);
  }

  @Test
  void samplesOfAReplayCanBeExplained() throws Exception {
    Path samples = folder.resolve("samples.json");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int status =
        ReplayCommand.run(
            List.of(
                "--access",
                log("sendmail.access"),
                "--samples",
                samples.toString(),
                log("postfix-1.log")),
            new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertFalse(Files.readAllLines(samples).isEmpty());
    for (String row : bytes.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      assertTrue(row.length() <= 100, row);
    }
    explain("--access", log("sendmail.access"), samples.toString());
    assertTrue(said.contains("  asked "), said);
  }

  @Test
  void anIdThatIsNotThere() {
    UsageException problem =
        assertThrows(
            UsageException.class, () -> explain("--queue-id", "nope", log("sendmail-9.log")));
    assertTrue(String.valueOf(problem.getMessage()).contains("no session of nope"));
    assertThrows(UsageException.class, () -> explain("--queue-id", "nope"));
  }
}
