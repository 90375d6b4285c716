package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.smtp.Envelope;
import postern.smtp.Route;

class MaildirAgentTest {
  private static final Instant NOW = Instant.parse("2026-11-23T13:53:07.5Z");

  @TempDir Path dir;

  private List<Outcome> deliver(Delivery.Content content, String... users) {
    List<Envelope.Recipient> recipients =
        Stream.of(users)
            .map(u -> new Envelope.Recipient(u + "@gw.test", "", "", new Route("local", "", u)))
            .toList();
    Envelope envelope = new Envelope("q1", "s@client.test", recipients, "", "", "", false, NOW, "");
    return new MaildirAgent(
            dir.resolve("mail"), "gw.test", Runnable::run, Clock.fixed(NOW, ZoneOffset.UTC))
        .deliver(new Delivery(envelope, 0, content, false, 0))
        .toCompletableFuture()
        .join();
  }

  private static Delivery.Content content(String text) {
    return () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("mail").resolve(folder))) {
      return files.sorted().toList();
    }
  }

  @Test
  void messageIsInNewWithItsHeaderAndForItsOwnerOnly() throws IOException {
    List<Outcome> outcomes = deliver(content("Subject: x\r\n\r\na\rb\r\n"), "Postmaster", "u");
    assertEquals(
        new Outcome.Delivered("local", "2.0.0", "Sent", "", Outcome.Report.DELIVERED),
        outcomes.get(0));
    Path file = files("postmaster/new").get(0);
    assertEquals(
        "Return-Path: <s@client.test>\nDelivered-To: Postmaster@gw.test\nSubject: x\n\na\rb\n",
        Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    for (String folder : List.of("", "postmaster", "postmaster/tmp", "postmaster/new", "u/cur")) {
      Path path = dir.resolve("mail").resolve(folder);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)), folder);
    }
    assertTrue(file.getFileName().toString().matches("1795441987\\.M500000P\\d+Q1\\.gw\\.test"));
    assertEquals(List.of(), files("postmaster/tmp"));
    assertEquals(1, files("u/new").size());
  }

  @Test
  void aMessageThatCannotBeReadLeavesNothing() throws IOException {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk trouble");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("disk trouble");
          }
        };
    Outcome outcome = deliver(() -> broken, "u").get(0);
    assertEquals(
        "Deferred: mailbox: disk trouble",
        assertInstanceOf(Outcome.Temporary.class, outcome).stat());
    assertEquals(List.of(), files("u/tmp"));
    assertEquals(List.of(), files("u/new"));
  }

  @Test
  void aFileInTheWayIsATemporaryFailure() throws IOException {
    Files.createDirectories(dir.resolve("mail"));
    Files.writeString(dir.resolve("mail/u"), "no folder");
    assertInstanceOf(Outcome.Temporary.class, deliver(content("x"), "u").get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "user, user",
    "User.Name@gw.test, user.name",
    "user+box, user+box",
    "../../etc/passwd, %2E.%2F..%2Fetc%2Fpasswd",
    "..,%2E.",
    ".,%2E",
    ".hidden, %2Ehidden",
    "'', %",
    "'\"a b\"', a%20b",
    "a/b, a%2Fb",
    "a%2Fb, a%252fb",
    "\u00fc, %C3%BC",
  })
  void foldersStayWhereTheyBelong(String user, String folder) {
    assertEquals(folder, MaildirAgent.folder(user));
  }

  @Test
  void longNamesStayApartAndShort() {
    String a = MaildirAgent.folder("x".repeat(500) + "a");
    String b = MaildirAgent.folder("x".repeat(500) + "b");
    assertTrue(a.length() <= 100 && !a.equals(b), a);
  }
}
