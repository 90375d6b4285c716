package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.queue.Delivery;
import postern.queue.MailboxForm;
import postern.queue.Outcome;
import postern.queue.ProgramAgent;
import postern.smtp.Envelope;
import postern.smtp.Route;
import postern.smtp.client.EightBit;
import postern.smtp.client.RelayTimeouts;

class LmtpProgramAgentTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** A server that knows a user for each kind of answer; $1 is its folder. */
  private static final String SERVER =
      """
      say() { printf '%s\\r\\n' "$1"; }
      echo run >> $1/runs
      say '220 box LMTP'
      to=
      while IFS= read -r line; do
        line=${line%?}
        echo "$line" >> $1/commands
        case $line in
          LHLO*) say 250-box; say '250-SIZE 1000'; say '250-ENHANCEDSTATUSCODES'; say '250 8BITMIME' ;;
          RCPT*'<no>'*) say '550 5.1.1 nobody' ;;
          RCPT*) to="$to $line"; say '250 2.1.5 ok' ;;
          DATA)
            say '354 go'
            while IFS= read -r text && [ "$text" != "$(printf '.\\r')" ]; do echo "$text" >> $1/mail; done
            for r in $to; do
              case $r in
                *'<full>') say '452 4.2.2 mailbox full' ;;
                *'<big>') say '552-5.2.3 much'; say '552 5.2.3 too much' ;;
                *'<dies>') echo first >&2; echo 'disk gone' >&2; exit 3 ;;
                *'<'*) say '250 2.1.5 kept' ;;
              esac
            done ;;
          QUIT) say '221 bye'; exit 0 ;;
          *) say '250 2.1.0 ok' ;;
        esac
      done
      """;

  @TempDir Path dir;

  private List<Outcome> run(
      String script, boolean together, Duration limit, String text, String... users) {
    return run(script, together, limit, RelayTimeouts.DEFAULT, text, users);
  }

  private List<Outcome> run(
      String script,
      boolean together,
      Duration limit,
      RelayTimeouts timeouts,
      String text,
      String... users) {
    ProgramAgent.Arguments fixed =
        (envelope, some) -> List.of("sh", "-c", script, "sh", dir.toString());
    return run(fixed, together, limit, timeouts, text, users);
  }

  private List<Outcome> run(
      ProgramAgent.Arguments arguments,
      boolean together,
      Duration limit,
      RelayTimeouts timeouts,
      String text,
      String... users) {
    List<Envelope.Recipient> recipients =
        Stream.of(users)
            .map(u -> new Envelope.Recipient(u + "@gw.test", "", "", new Route("box", "", u)))
            .toList();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ProgramAgent.Settings settings =
        new ProgramAgent.Settings(
            "box",
            Path.of("/bin/sh"),
            arguments,
            "",
            together,
            new MailboxForm(false, true, false, false, false),
            limit);
    return new LmtpProgramAgent(settings, EightBit.CONVERT, "gw.test", timeouts, Runnable::run)
        .deliver(
            new Delivery(
                new Envelope(
                    "q1",
                    "s@client.test",
                    recipients,
                    "8BITMIME",
                    "",
                    "",
                    false,
                    Instant.EPOCH,
                    ""),
                bytes.length,
                () -> new ByteArrayInputStream(bytes),
                false,
                0))
        .toCompletableFuture()
        .join();
  }

  private static List<String> words(List<Outcome> outcomes) {
    return outcomes.stream().map(o -> o.dsn() + " " + o.stat()).toList();
  }

  @Test
  void eachRecipientHasAnAnswerOfItsOwn() throws IOException {
    List<Outcome> outcomes =
        run(SERVER, true, LONG, "Subject: x\r\n\r\n.dot\nend", "a", "full", "no", "big", "-b");
    assertEquals(
        List.of(
            "2.1.5 Sent (kept)",
            "4.2.2 Deferred: 452 4.2.2 mailbox full",
            "5.1.1 User unknown",
            "5.2.3 Service unavailable",
            "2.1.5 Sent (kept)"),
        words(outcomes));
    assertEquals(
        Outcome.Report.DELIVERED,
        assertInstanceOf(Outcome.Delivered.class, outcomes.get(0)).reported());
    assertEquals(
        "550 5.1.1 nobody",
        assertInstanceOf(Outcome.Permanent.class, outcomes.get(2)).diagnostic());
    assertEquals(
        "Return-Path: <s@client.test>\r\nSubject: x\r\n\r\n..dot\r\nend\r\n",
        Files.readString(dir.resolve("mail")));
    List<String> commands = Files.readAllLines(dir.resolve("commands"));
    assertEquals("LHLO gw.test", commands.get(0));
    assertEquals("MAIL From:<s@client.test> SIZE=52 BODY=8BITMIME", commands.get(1));
    assertEquals("RCPT To:<a>", commands.get(2));
    assertEquals("QUIT", commands.get(commands.size() - 1));
    assertEquals(1, Files.readAllLines(dir.resolve("runs")).size());
  }

  @Test
  void oneRunForEachUnlessTheMailerTakesSeveral() throws IOException {
    assertEquals(
        List.of("2.1.5 Sent (kept)", "5.1.1 User unknown"),
        words(run(SERVER, false, LONG, "x: y\r\n", "a", "no")));
    assertEquals(2, Files.readAllLines(dir.resolve("runs")).size());
    assertEquals(
        1, Files.readAllLines(dir.resolve("commands")).stream().filter("DATA"::equals).count());
  }

  @Test
  void addressesThatWouldBeOptionsAreNoArguments() {
    ProgramAgent.Arguments shown =
        (envelope, some) ->
            List.of("sh", "-c", SERVER, "sh", dir.toString(), some.get(0).route().user());
    assertEquals(
        List.of("5.1.3 User unknown: not an argument", "2.1.5 Sent (kept)"),
        words(run(shown, false, LONG, RelayTimeouts.DEFAULT, "x: y\r\n", "-b", "a")));
  }

  @Test
  void moreThanItTakesIsNotSent() throws IOException {
    List<Outcome> outcomes = run(SERVER, true, LONG, "x".repeat(1001), "a");
    assertInstanceOf(Outcome.Permanent.class, outcomes.get(0));
    assertEquals("5.3.4", outcomes.get(0).dsn());
    assertFalse(Files.exists(dir.resolve("mail")));
  }

  @Test
  void earlyExitPutsOffThoseWithoutAnAnswer() {
    assertEquals(
        List.of(
            "2.1.5 Sent (kept)",
            "4.4.2 Deferred: mailer box ended with status 3: disk gone",
            "4.4.2 Deferred: mailer box ended with status 3: disk gone"),
        words(run(SERVER, true, LONG, "x: y\r\n", "a", "dies", "b")));
    assertEquals(
        List.of("4.4.2 Deferred: mailer box ended with status 7"),
        words(run("exit 7", true, LONG, "x: y\r\n", "a")));
  }

  @Test
  void refusalAtTheGreetingIsForEverybody() {
    assertEquals(
        List.of("4.5.0 Deferred: 421 not now", "4.5.0 Deferred: 421 not now"),
        words(run("printf '421 not now\\r\\n'", true, LONG, "x: y\r\n", "a", "b")));
  }

  @Test
  void hangingProgramIsEndedWithItsChildren() throws IOException, InterruptedException {
    String script = "sleep 30 & echo $! > $1/child; printf '220 box\\r\\n'; wait";
    assertEquals(
        List.of("4.4.2 Deferred: mailer box hangs"),
        words(run(script, true, Duration.ofMillis(400), "x: y\r\n", "a")));
    assertGone(Long.parseLong(Files.readString(dir.resolve("child")).strip()));
  }

  @Test
  void replyThatDoesNotComeInItsTimePutsOff() throws IOException, InterruptedException {
    String script = "sleep 30 & echo $! > $1/child; printf '220 box\\r\\n'; wait";
    RelayTimeouts second = RelayTimeouts.all(Duration.ofMillis(300));
    assertEquals("4.4.7", run(script, true, LONG, second, "x: y\r\n", "a").get(0).dsn());
    assertGone(Long.parseLong(Files.readString(dir.resolve("child")).strip()));
  }

  private static void assertGone(long pid) throws InterruptedException {
    for (int i = 0; i < 100 && running(pid); i++) {
      Thread.sleep(20);
    }
    assertFalse(running(pid), "child " + pid + " still runs");
  }

  /** Not so if it is only waiting for its new parent to collect it. */
  private static boolean running(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whatIsNoReplyPutsOff() {
    List<Outcome> garbage = run("echo hello; sleep 20", true, LONG, "x: y\r\n", "a");
    assertEquals(
        List.of("4.5.0 Deferred: protocol error: not an SMTP reply: hello"), words(garbage));
    List<Outcome> endless =
        run("while :; do printf 22222222222222222222222222; done", true, LONG, "x: y\r\n", "a");
    assertEquals(List.of("4.5.0 Deferred: protocol error: reply line too long"), words(endless));
    String twice = "printf '220 a\\r\\n250 b\\r\\n'; cat > /dev/null";
    Outcome early = run(twice, true, LONG, "x: y\r\n", "a").get(0);
    assertTrue(early instanceof Outcome.Temporary, early.toString());
  }

  @Test
  void programThatCannotBeRunPutsOff() {
    ProgramAgent.Settings settings =
        new ProgramAgent.Settings(
            "box",
            dir.resolve("missing"),
            (envelope, some) -> List.of("x"),
            "",
            true,
            new MailboxForm(false, false, false, false, false),
            LONG);
    Envelope.Recipient a = new Envelope.Recipient("a@b.test", "", "", new Route("box", "", "a"));
    Outcome o =
        new LmtpProgramAgent(
                settings, EightBit.CONVERT, "gw.test", RelayTimeouts.DEFAULT, Runnable::run)
            .deliver(
                new Delivery(
                    new Envelope("q", "", List.of(a), "", "", "", false, Instant.EPOCH, ""),
                    1,
                    () -> new ByteArrayInputStream(new byte[1]),
                    false,
                    0))
            .toCompletableFuture()
            .join()
            .get(0);
    assertEquals("4.3.5", o.dsn());
    assertTrue(o.stat().contains("cannot run"), o.stat());
  }
}
