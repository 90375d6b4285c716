package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import postern.smtp.Envelope;

/**
 * Reports as they go out, against {@code dsn/NAME.eml}. Run with {@code -Dgolden.write=true} to
 * write the files anew, then read the diff.
 */
class DsnTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dsn");
  private static final BounceSettings SETTINGS =
      new BounceSettings("gw.example.test", "postmaster", 1 << 20, ZoneOffset.UTC);
  private static final Instant ARRIVED = Instant.parse("2026-11-23T13:53:07Z");
  private static final Envelope ORIGINAL =
      new Envelope(
          "7ANDr7OL015993",
          "s@gw.example.test",
          List.of(),
          "",
          "",
          "QQ+2B314159",
          false,
          ARRIVED,
          "");
  private static final String MESSAGE =
      "Received: from c.test\r\n\tby gw.example.test\r\nSubject: hello\r\n\r\n.\r\nbody\r\n";

  private static Dsn.Item item(String address, String orcpt, Outcome outcome, String... notes) {
    return new Dsn.Item(
        new Envelope.Recipient(address, "", orcpt, Messages.route(address)),
        outcome,
        List.of(notes));
  }

  private static byte[] compose(
      Dsn.Type type, Instant now, boolean whole, boolean postmaster, Dsn.Item... items) {
    return Dsn.compose(
        SETTINGS,
        type,
        "7ANDr8xx015994",
        postmaster ? "postmaster" : "s@gw.example.test",
        ORIGINAL,
        List.of(items),
        new Dsn.Original(
            whole ? MESSAGE : MESSAGE.substring(0, MESSAGE.indexOf("\r\n\r\n") + 2), whole),
        now,
        new Dsn.Age(Duration.between(ARRIVED, now), Duration.ofDays(5)),
        postmaster);
  }

  private static void golden(String name, byte[] actual) throws IOException {
    Path file = GOLDEN.resolve(name + ".eml");
    if (Boolean.getBoolean("golden.write")) {
      Files.write(file, actual);
    }
    assertEquals(
        Files.readString(file, StandardCharsets.ISO_8859_1),
        new String(actual, StandardCharsets.ISO_8859_1));
  }

  private static final Outcome UNKNOWN_USER =
      new Outcome.Permanent(
          "mx.remote.test [127.0.0.20]",
          "5.1.1",
          "550 5.1.1 unknown user",
          "550 5.1.1 unknown user",
          "User unknown",
          "",
          List.of(
              "... while talking to mx.remote.test:",
              ">>> RCPT To:<u@remote.test>",
              "<<< 550 5.1.1 unknown user"));

  private static final Outcome AUTHENTICATION_FAILED =
      new Outcome.Permanent(
          "mx.remote.test [127.0.0.20]",
          "5.7.0",
          "",
          "503 5.7.0 authentication failed",
          "Service unavailable",
          "version=TLSv1.3, verify=FAIL",
          List.of("503 5.7.0 authentication failed"));

  private static final Outcome REFUSED =
      new Outcome.Temporary(
          "",
          "4.4.1",
          "",
          "",
          "Deferred: Connection refused by mx.remote.test",
          "",
          List.of(),
          true);

  @Test
  void failure() throws IOException {
    golden(
        "failure",
        compose(
            Dsn.Type.FAILED,
            ARRIVED.plusSeconds(1),
            true,
            false,
            item("u@remote.test", "rfc822;U+2Bx@Remote.test", UNKNOWN_USER),
            item("s@remote.test", "", AUTHENTICATION_FAILED)));
  }

  @Test
  void expiredWithHeaderOnly() throws IOException {
    golden(
        "expired",
        compose(
            Dsn.Type.FAILED,
            ARRIVED.plus(Duration.ofDays(5)),
            false,
            false,
            item(
                "a@remote.test",
                "",
                REFUSED,
                "Not delivered within 5 days; it has left the queue")));
  }

  @Test
  void delay() throws IOException {
    golden(
        "delay",
        compose(
            Dsn.Type.DELAYED,
            ARRIVED.plus(Duration.ofMinutes(250)),
            false,
            false,
            item("a@remote.test", "", REFUSED)));
  }

  @Test
  void success() throws IOException {
    Outcome relayed =
        new Outcome.Delivered(
            "mx.remote.test [127.0.0.20]", "2.0.0", "Sent (taken)", "", Outcome.Report.RELAYED);
    Outcome delivered =
        new Outcome.Delivered("local", "2.0.0", "Sent", "", Outcome.Report.DELIVERED);
    golden(
        "success",
        compose(
            Dsn.Type.SUCCEEDED,
            ARRIVED.plusSeconds(2),
            false,
            false,
            item("a@remote.test", "", relayed),
            item("b@gw.example.test", "", delivered)));
  }

  @Test
  void doubleBounce() throws IOException {
    golden(
        "double",
        compose(
            Dsn.Type.FAILED,
            ARRIVED.plusSeconds(2),
            true,
            true,
            item("s@gone.test", "", UNKNOWN_USER)));
  }

  @Test
  void whatPeersWriteStaysOnItsLine() {
    Outcome hostile =
        new Outcome.Permanent(
            "mx\r\nX-Evil: 1 [127.0.0.20]",
            "5.1.1",
            "",
            "550 5.1.1 a\r\n\r\n--7ANDr8xx015994\u00e9" + "y".repeat(5000),
            "User unknown",
            "",
            List.of("<<< 550 a\r\nb"));
    String text =
        new String(
            compose(Dsn.Type.FAILED, ARRIVED, true, false, item("u@x\r\ny.test", "", hostile)),
            StandardCharsets.ISO_8859_1);
    assertTrue(text.lines().noneMatch(line -> line.startsWith("X-Evil") || line.equals("b")));
    assertTrue(text.lines().allMatch(line -> line.length() < 998));
    assertTrue(text.chars().allMatch(c -> c < 127));
  }

  @Test
  void boundaryIsNotInTheMessage() {
    String first =
        new String(compose(Dsn.Type.FAILED, ARRIVED, true, false), StandardCharsets.ISO_8859_1);
    String boundary = first.substring(first.indexOf("boundary=\"") + 10);
    boundary = boundary.substring(0, boundary.indexOf('"'));
    byte[] nested =
        Dsn.compose(
            SETTINGS,
            Dsn.Type.FAILED,
            "7ANDr8xx015994",
            "s@gw.example.test",
            ORIGINAL,
            List.of(),
            new Dsn.Original(first, true),
            ARRIVED,
            new Dsn.Age(Duration.ZERO, Duration.ofDays(5)),
            false);
    assertTrue(
        new String(nested, StandardCharsets.ISO_8859_1).contains("boundary=\"" + boundary + "x\""));
  }

  @Test
  void headerIsCutAtItsEnd() throws IOException {
    for (String end : List.of("\r\n\r\nbody", "\n\nbody", "")) {
      String header = "A: 1\r\nB: 2\r\n 3";
      byte[] content = (header + end).getBytes(StandardCharsets.US_ASCII);
      String cut =
          new String(Bounces.header(new ByteArrayInputStream(content)), StandardCharsets.US_ASCII);
      assertEquals(header, cut.stripTrailing());
    }
    byte[] endless = new byte[1 << 20];
    assertTrue(Bounces.header(new ByteArrayInputStream(endless)).length <= 64 << 10);
  }

  @Test
  void xtextIsDecodedWhereItIsValid() {
    assertEquals("a+b=c", Dsn.unxtext("a+2Bb+3Dc"));
    assertEquals("a+2", Dsn.unxtext("a+2"));
    assertEquals("a+zz", Dsn.unxtext("a+zz"));
  }
}
