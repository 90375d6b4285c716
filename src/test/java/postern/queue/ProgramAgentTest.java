package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.smtp.Envelope;
import postern.smtp.Route;

class ProgramAgentTest {
  private static final Instant NOW = Instant.parse("2026-11-03T13:53:07Z");
  private static final MailboxForm MBOX = new MailboxForm(true, true, true, false, true);

  @TempDir Path dir;

  private static Delivery delivery(String text, String... users) {
    List<Envelope.Recipient> recipients =
        Stream.of(users)
            .map(u -> new Envelope.Recipient(u + "@gw.test", "", "", new Route("arch", "", u)))
            .toList();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new Delivery(
        new Envelope("q1", "s@client.test", recipients, "", "", "", false, NOW, ""),
        bytes.length,
        () -> new ByteArrayInputStream(bytes),
        false,
        0);
  }

  private List<Outcome> run(String script, boolean together, Duration limit, Delivery delivery) {
    ProgramAgent.Arguments arguments =
        (envelope, recipients) -> {
          List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh", dir.toString()));
          recipients.forEach(r -> words.add(r.route().user()));
          return words;
        };
    return new ProgramAgent(
            new ProgramAgent.Settings(
                "arch",
                Path.of("/bin/sh"),
                arguments,
                "",
                together,
                new MailboxForm(false, true, false, false, false),
                limit),
            Runnable::run)
        .deliver(delivery)
        .toCompletableFuture()
        .join();
  }

  @Test
  void programReadsTheMessageAndItsArguments() throws IOException {
    Delivery two = delivery("Subject: x\r\n\r\nhello\r\n", "a", "; touch $1/oops");
    String script = "d=$1; shift; printf '%s\\n' \"$@\" > $d/args; cat > $d/mail";
    List<Outcome> outcomes = run(script, true, Duration.ofSeconds(20), two);
    assertEquals("Sent", outcomes.get(0).stat());
    assertEquals(List.of("a", "; touch $1/oops"), Files.readAllLines(dir.resolve("args")));
    assertEquals(
        "Return-Path: <s@client.test>\nSubject: x\n\nhello\n",
        Files.readString(dir.resolve("mail")));
    assertFalse(Files.exists(dir.resolve("oops")));
  }

  @Test
  void oneAtATimeUnlessTheMailerTakesSeveral() throws IOException {
    run("echo $2 >> $1/log", false, Duration.ofSeconds(20), delivery("x\r\n", "a", "b"));
    assertEquals(List.of("a", "b"), Files.readAllLines(dir.resolve("log")));
  }

  @Test
  void addressesThatWouldBeOptionsAreRefused() {
    List<Outcome> outcomes =
        run("exit 0", true, Duration.ofSeconds(20), delivery("x\r\n", "-rf", "ok", "a\u00e4"));
    assertEquals(
        "5.1.3 2.0.0 5.1.3", String.join(" ", outcomes.stream().map(Outcome::dsn).toList()));
  }

  @ParameterizedTest
  @CsvSource({
    "67, true, 5.1.1 User unknown",
    "69, true, 5.0.0 Service unavailable",
    "75, false, 4.2.0 Deferred",
    "1, false, 4.2.0 Deferred: mailer arch ended with status 1",
  })
  void statusDecides(int status, boolean permanent, String words) {
    Outcome o =
        run("echo why >&2; exit " + status, false, Duration.ofSeconds(20), delivery("x\r\n", "a"))
            .get(0);
    assertEquals(words, o.dsn() + " " + o.stat());
    assertEquals(permanent, o instanceof Outcome.Permanent p && p.transcript().contains("why"));
  }

  @Test
  void programThatHangsIsEnded() {
    Outcome o = run("sleep 20", false, Duration.ofMillis(200), delivery("x\r\n", "a")).get(0);
    assertTrue(o instanceof Outcome.Temporary, o.toString());
  }

  private Outcome append(Path file, String below, String text) {
    return new FileAgent("arch", r -> file.toString(), below, MBOX, Runnable::run)
        .deliver(delivery(text, "u"))
        .toCompletableFuture()
        .join()
        .get(0);
  }

  @Test
  void filesAreAppendedTo() throws IOException {
    Path box = dir.resolve("box");
    assertEquals("Sent", append(box, "", "Subject: x\r\n\r\nFrom me\r\nFro\r\nend").stat());
    assertEquals("Sent", append(box, dir.toString(), "a\r\n").stat());
    String head = "From s@client.test  Tue Nov  3 13:53:07 2026\nReturn-Path: <s@client.test>\n";
    assertEquals(
        head + "Subject: x\n\n>From me\nFro\nend\n\n" + head + "a\n\n", Files.readString(box));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(box)));
  }

  @Test
  void whatIsNoMailFileIsLeftAlone() throws IOException {
    assertEquals("5.7.1", append(dir.resolve("x"), "/somewhere/else", "a\r\n").dsn());
    assertEquals("5.7.1", append(Path.of("relative"), "", "a\r\n").dsn());
    assertEquals("5.7.1", append(dir, "", "a\r\n").dsn());
    Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("target"));
    assertEquals("5.7.1", append(link, "", "a\r\n").dsn());
    Path program = Files.writeString(dir.resolve("p"), "#!/bin/sh\n");
    assertTrue(program.toFile().setExecutable(true));
    assertEquals("5.7.1", append(program, "", "a\r\n").dsn());
    assertEquals("4.2.0", append(dir.resolve("no/such/folder"), "", "a\r\n").dsn());
  }
}
