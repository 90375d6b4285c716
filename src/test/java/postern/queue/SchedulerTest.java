package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.smtp.Envelope;

/** The scheduler with a clock that the test turns and an agent that the test scripts. */
class SchedulerTest {
  private static final Instant START = Instant.parse("2026-11-23T13:00:00Z");

  @TempDir Path dir;

  private final HandClock clock = new HandClock(START);
  private final List<String> attempts = Collections.synchronizedList(new ArrayList<>());
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger ids = new AtomicInteger();
  private Function<Envelope.Recipient, Outcome> answer = unused -> sent();
  private DeliveryAgent agent = this::script;
  private Spool spool;
  private Scheduler scheduler;

  @BeforeEach
  void open() throws IOException {
    spool =
        Spool.open(dir.resolve("spool"), new SpoolSettings(1024, 1 << 20, 1 << 20, 0, 0, 1 << 20));
    scheduler = scheduler(settings(Duration.ofMinutes(30), Duration.ZERO, Duration.ZERO));
  }

  @AfterEach
  void close() throws IOException {
    scheduler.close();
    spool.close();
  }

  /** As another process would find what this one leaves. */
  private void reopen(ScheduleSettings settings) throws IOException {
    close();
    open();
    scheduler.close();
    scheduler = scheduler(settings);
  }

  private static ScheduleSettings settings(Duration run, Duration minAge, Duration warn) {
    ScheduleSettings d = ScheduleSettings.DEFAULT;
    return new ScheduleSettings(
        run,
        minAge,
        Duration.ZERO,
        d.queueReturn(),
        TimeLimits.all(warn),
        20,
        500,
        1000,
        100,
        Order.DEFAULT);
  }

  private Scheduler scheduler(ScheduleSettings settings) {
    QueueLog log =
        new QueueLog() {
          @Override
          public void tried(
              Stored message,
              Envelope.Recipient recipient,
              Outcome outcome,
              Duration delay,
              Duration took,
              int tries) {
            events.add("tried " + recipient.address() + " " + outcome.dsn() + " #" + tries);
          }

          @Override
          public void reported(Stored message, Stored dsn, Dsn.Type type, String why) {
            events.add(
                "reported "
                    + type
                    + " to "
                    + dsn.envelope().recipients().get(0).address()
                    + ": "
                    + why);
          }

          @Override
          public void unreported(Stored message, String why) {
            events.add("unreported: " + why);
          }

          @Override
          public void trouble(String what, Throwable cause) {
            events.add("trouble " + what + ": " + cause);
          }
        };
    AddressRouter router =
        address ->
            address.endsWith("@nowhere.test")
                ? Optional.empty()
                : Optional.of(
                    address.equals("postmaster")
                        ? new postern.smtp.Route("local", "", "postmaster")
                        : Messages.route(address));
    Scheduler made =
        new Scheduler(
            new Scheduler.Ports(
                spool,
                mailer -> Optional.of(delivery -> agent.deliver(delivery)),
                router,
                () -> "dsn" + ids.incrementAndGet(),
                log,
                clock),
            settings,
            new BounceSettings("gw.example.test", "postmaster", 1 << 20, ZoneOffset.UTC));
    clock.behind(() -> made.barrier().join());
    return made;
  }

  private CompletionStage<List<Outcome>> script(Delivery delivery) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Envelope.Recipient r : delivery.envelope().recipients()) {
      attempts.add(r.address());
      outcomes.add(answer.apply(r));
    }
    try (InputStream in = delivery.content().open()) {
      bodies.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CompletableFuture.completedFuture(outcomes);
  }

  private static Outcome sent() {
    return new Outcome.Delivered("mx [192.0.2.1]", "2.0.0", "Sent", "", Outcome.Report.PASSED_ON);
  }

  private static Outcome busy() {
    return new Outcome.Temporary(
        "mx [192.0.2.1]",
        "4.2.1",
        "450 4.2.1 busy",
        "450 4.2.1 busy",
        "Deferred: 450 4.2.1 busy",
        "",
        List.of("<<< 450 4.2.1 busy"),
        false);
  }

  private static Outcome down() {
    return new Outcome.Temporary(
        "", "4.0.0", "", "", "Deferred: Connection refused by mx.", "", List.of(), true);
  }

  private static Outcome refused() {
    return new Outcome.Permanent(
        "mx [192.0.2.1]",
        "5.1.1",
        "550 5.1.1 unknown user",
        "550 5.1.1 unknown user",
        "User unknown",
        "",
        List.of("<<< 550 5.1.1 unknown user"));
  }

  private Stored submit(String id, String sender, String... recipients) {
    Stored stored =
        Messages.commit(
            spool, Messages.envelope(id, sender, clock.now(), recipients), Messages.SMALL);
    var unused = scheduler.submit(stored, DeliveryMode.BACKGROUND);
    return stored;
  }

  private long waiting() {
    try {
      return spool.size().messages();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void newMailIsTriedAtOnceAndLeavesWhenDelivered() {
    submit("q1", "s@b.test", "u@one.test", "v@two.test");
    clock.until(() -> waiting() == 0);
    assertEquals(List.of("u@one.test", "v@two.test"), attempts);
    assertEquals(2, bodies.size());
    assertEquals(new String(Messages.SMALL, StandardCharsets.US_ASCII), bodies.get(0));
  }

  @Test
  void submittersMayWaitForTheFirstAttempt() {
    Stored stored =
        Messages.commit(
            spool, Messages.envelope("q1", "s@b.test", START, "u@one.test"), Messages.SMALL);
    CompletableFuture<?> tried =
        scheduler.submit(stored, DeliveryMode.INTERACTIVE).toCompletableFuture();
    clock.until(tried::isDone);
    assertEquals(0, waiting());
  }

  @Test
  void queueModeWaitsForTheNextRun() {
    scheduler.start();
    clock.quiet();
    Stored stored =
        Messages.commit(
            spool, Messages.envelope("q1", "s@b.test", START, "u@one.test"), Messages.SMALL);
    var unused = scheduler.submit(stored, DeliveryMode.QUEUE);
    clock.quiet();
    assertEquals(List.of(), attempts);
    clock.advance(Duration.ofMinutes(31));
    assertEquals(List.of("u@one.test"), attempts);
  }

  @Test
  void oneDeferredRecipientStaysAndTheOtherIsNotTriedAgain() {
    scheduler.start();
    answer = r -> r.address().startsWith("v") ? busy() : sent();
    submit("q1", "s@b.test", "u@one.test", "v@one.test");
    clock.until(() -> events.size() == 2);
    clock.quiet();
    assertEquals(1, waiting());
    answer = unused -> sent();
    clock.advance(Duration.ofMinutes(31));
    assertEquals(List.of("u@one.test", "v@one.test", "v@one.test"), attempts);
    assertEquals("tried v@one.test 2.0.0 #2", events.get(2));
    assertEquals(0, waiting());
  }

  @Test
  void minQueueAgeAndMaxQueueAgeSpaceTheAttempts() {
    scheduler.close();
    ScheduleSettings d = ScheduleSettings.DEFAULT;
    scheduler =
        scheduler(
            new ScheduleSettings(
                Duration.ofMinutes(10),
                Duration.ofMinutes(25),
                Duration.ofHours(2),
                d.queueReturn(),
                TimeLimits.all(Duration.ZERO),
                20,
                500,
                1000,
                100,
                Order.DEFAULT));
    scheduler.start();
    answer = unused -> busy();
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> events.size() == 1);
    clock.quiet();
    List<Integer> after = new ArrayList<>();
    for (int minutes = 0; minutes <= 400; minutes += 10) {
      while (after.size() < attempts.size()) {
        after.add(minutes);
      }
      clock.advance(Duration.ofMinutes(10));
    }
    // 25, 50, 100 and then 120 minutes, each at the first run after that
    assertEquals(List.of(0, 30, 80, 180, 300), after);
  }

  @Test
  void refusedRecipientsBounceInTheSameMoment() throws IOException {
    answer = r -> r.address().equals("u@one.test") ? refused() : sent();
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> waiting() == 0);
    assertEquals(
        List.of(
            "tried u@one.test 5.1.1 #1",
            "reported FAILED to s@b.test: User unknown",
            "tried s@b.test 2.0.0 #1"),
        events);
    assertTrue(bodies.get(1).contains("Diagnostic-Code: SMTP; 550 5.1.1 unknown user\r\n"));
    assertTrue(bodies.get(1).contains("Subject: test\r\n"));
  }

  @Test
  void bouncesThatFailGoToThePostmasterAndNoFurther() {
    answer = unused -> refused();
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> waiting() == 0);
    assertEquals(
        List.of(
            "tried u@one.test 5.1.1 #1",
            "reported FAILED to s@b.test: User unknown",
            "tried s@b.test 5.1.1 #1",
            "reported FAILED to postmaster: User unknown",
            "tried postmaster 5.1.1 #1",
            "unreported: the bounce to the postmaster failed, too"),
        events);
  }

  @Test
  void aSenderThatCannotBeRoutedMakesADoubleBounceAtOnce() {
    answer = r -> r.address().equals("postmaster") ? sent() : refused();
    submit("q1", "s@nowhere.test", "u@one.test");
    clock.until(() -> waiting() == 0);
    assertEquals("reported FAILED to postmaster: User unknown", events.get(1));
    assertTrue(bodies.get(1).contains("Subject: Postmaster notify: Returned mail"));
  }

  private void submitBy(String by, String... recipients) {
    Envelope plain = Messages.envelope("q1", "s@b.test", START, recipients);
    Envelope limited =
        new Envelope(
            plain.id(),
            plain.sender(),
            plain.recipients(),
            "",
            "",
            "",
            false,
            START,
            "",
            false,
            postern.smtp.DeliverBy.of(by));
    var unused =
        scheduler.submit(Messages.commit(spool, limited, Messages.SMALL), DeliveryMode.BACKGROUND);
  }

  private void assertReportedAt120(String what) {
    clock.until(() -> attempts.size() == 1);
    clock.quiet();
    clock.advance(Duration.ofSeconds(119));
    assertTrue(events.stream().noneMatch(e -> e.startsWith("reported")), events.toString());
    clock.advance(Duration.ofSeconds(1));
    clock.until(() -> events.stream().anyMatch(e -> e.startsWith(what)));
  }

  @Test
  void aMessageThatMustBeThereInTimeBouncesWhenTheTimeIsOver() {
    answer = r -> r.address().startsWith("u") ? busy() : sent();
    submitBy("120;R", "u@one.test");
    assertReportedAt120("reported FAILED to s@b.test");
  }

  @Test
  void oneThatMayBeLateOnlyWarns() {
    answer = r -> r.address().startsWith("u") ? busy() : sent();
    submitBy("120;N", "u@one.test");
    assertReportedAt120("reported DELAYED to s@b.test");
  }

  @Test
  void aRunForOneHostTriesWhatWaitsThereAndNothingElse() {
    answer = unused -> busy();
    submit("q1", "s@b.test", "u@one.test");
    submit("q2", "s@b.test", "u@two.test");
    clock.until(() -> attempts.size() == 2);
    answer = unused -> sent();
    scheduler.runQueue(host -> host.equals("two.test"));
    clock.until(() -> waiting() == 1);
    assertEquals("u@two.test", attempts.get(attempts.size() - 1));
    assertEquals(3, attempts.size());
  }

  @Test
  void notifyNeverMeansNoBounce() {
    answer = unused -> refused();
    Envelope.Recipient never = Messages.recipient("u@one.test", "NEVER");
    Envelope envelope =
        new Envelope("q1", "s@b.test", List.of(never), "", "", "", false, START, "");
    var unused =
        scheduler.submit(Messages.commit(spool, envelope, Messages.SMALL), DeliveryMode.BACKGROUND);
    clock.until(() -> waiting() == 0 && events.size() > 1);
    assertEquals("unreported: the sender asked for no notification", events.get(1));
    assertEquals(List.of("u@one.test"), attempts);
  }

  @Test
  void successIsReportedWhenAskedForAndNotPassedOn() {
    answer =
        r ->
            r.address().startsWith("u")
                ? new Outcome.Delivered("mx", "2.0.0", "Sent", "", Outcome.Report.RELAYED)
                : sent();
    Envelope envelope =
        new Envelope(
            "q1",
            "s@b.test",
            List.of(
                Messages.recipient("u@one.test", "SUCCESS"),
                Messages.recipient("v@one.test", "SUCCESS")),
            "",
            "",
            "",
            false,
            START,
            "");
    var unused =
        scheduler.submit(Messages.commit(spool, envelope, Messages.SMALL), DeliveryMode.BACKGROUND);
    clock.until(() -> waiting() == 0);
    String report = bodies.get(1);
    assertTrue(report.contains("Action: relayed"), report);
    assertTrue(report.contains("u@one.test") && !report.contains("v@one.test"), report);
  }

  @Test
  void delayIsReportedOnceAndTheEndAfterFiveDays() {
    scheduler.close();
    scheduler = scheduler(settings(Duration.ofHours(1), Duration.ZERO, Duration.ofHours(4)));
    scheduler.start();
    answer = r -> r.address().equals("u@one.test") ? busy() : sent();
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> events.size() == 1);
    clock.quiet();
    for (int hour = 0; hour < 6; hour++) {
      clock.advance(Duration.ofHours(1));
    }
    List<String> warnings = events.stream().filter(e -> e.startsWith("reported")).toList();
    assertEquals(List.of("reported DELAYED to s@b.test: Deferred: 450 4.2.1 busy"), warnings);
    clock.advance(Duration.ofDays(4).plusHours(18));
    List<String> reports = events.stream().filter(e -> e.startsWith("reported")).toList();
    assertEquals(2, reports.size(), reports::toString);
    assertEquals("reported FAILED to s@b.test: Deferred: 450 4.2.1 busy", reports.get(1));
    assertEquals(0, waiting());
  }

  @Test
  void aDeadDestinationIsTriedOnceARunAndItsBacklogExpires() {
    scheduler.start();
    answer = r -> r.address().endsWith("@dead.test") ? down() : sent();
    for (int i = 0; i < 50; i++) {
      submit("q" + i, "s@b.test", "u" + i + "@dead.test");
    }
    clock.until(() -> !attempts.isEmpty());
    clock.quiet();
    assertTrue(attempts.size() <= 2, attempts::toString);
    clock.advance(Duration.ofHours(5));
    assertTrue(attempts.size() <= 20, attempts.size() + " attempts in five hours");
    assertEquals(50, waiting());
    clock.advance(Duration.ofDays(5));
    clock.until(() -> waiting() == 0);
    assertEquals(50, events.stream().filter(e -> e.startsWith("reported FAILED")).count());
  }

  @Test
  void aDestinationThatComesBackGetsItsBacklog() {
    scheduler.start();
    answer = unused -> down();
    for (int i = 0; i < 300; i++) {
      submit("q" + i, "s@b.test", "u" + i + "@slow.test");
    }
    clock.quiet();
    answer = unused -> sent();
    clock.advance(Duration.ofMinutes(31));
    clock.until(() -> waiting() == 0);
    assertEquals(300, attempts.stream().distinct().count());
  }

  @Test
  void destinationsThatHangKeepNobodyElseWaiting() {
    DeliveryAgent scripted = agent;
    agent =
        delivery ->
            delivery.envelope().recipients().get(0).address().endsWith("@hang.test")
                ? new CompletableFuture<>()
                : scripted.deliver(delivery);
    for (int i = 0; i < 200; i++) {
      submit("h" + i, "s@b.test", "u@hang.test");
    }
    for (int i = 0; i < 100; i++) {
      submit("q" + i, "s@b.test", "u" + i + "@d" + i % 10 + ".test");
    }
    clock.until(() -> waiting() == 200);
    assertEquals(100, attempts.size());
  }

  @Test
  void moreThanMemoryHoldsIsTriedAllTheSame() throws IOException {
    for (int i = 0; i < 400; i++) {
      Messages.commit(
          spool,
          Messages.envelope("q" + i, "s@b.test", START, "u" + i + "@d" + i % 40 + ".test"),
          Messages.SMALL);
    }
    ScheduleSettings d = ScheduleSettings.DEFAULT;
    reopen(
        new ScheduleSettings(
            Duration.ofMinutes(1),
            Duration.ZERO,
            Duration.ZERO,
            d.queueReturn(),
            TimeLimits.all(Duration.ZERO),
            3,
            8,
            10,
            100,
            Order.DEFAULT));
    List<Integer> loads = Collections.synchronizedList(new ArrayList<>());
    DeliveryAgent scripted = agent;
    agent =
        delivery -> {
          var unused = scheduler.load().thenAccept(load -> loads.add(load.loaded()));
          return scripted.deliver(delivery);
        };
    scheduler.start();
    clock.until(() -> waiting() == 0);
    assertEquals(400, attempts.size());
    assertTrue(Collections.max(loads) <= 10, loads::toString);
  }

  @Test
  void manyRecipientsGoInSeveralTransactions() {
    String[] recipients = new String[250];
    for (int i = 0; i < recipients.length; i++) {
      recipients[i] = "u" + i + "@one.test";
    }
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    DeliveryAgent scripted = agent;
    agent =
        delivery -> {
          sizes.add(delivery.envelope().recipients().size());
          return scripted.deliver(delivery);
        };
    submit("q1", "s@b.test", recipients);
    clock.until(() -> waiting() == 0);
    assertEquals(List.of(100, 100, 50), sizes);
    assertEquals(250, attempts.stream().distinct().count());
  }

  @Test
  void lightMessagesOvertakeHeavyOnesOfTheSameDestination() throws IOException {
    for (int i = 0; i < 40; i++) {
      byte[] content = new byte[i % 2 == 0 ? 200_000 : 100];
      Messages.commit(
          spool, Messages.envelope("q" + i, "s@b.test", START, "u" + i + "@one.test"), content);
    }
    reopen(settings(Duration.ofMinutes(30), Duration.ZERO, Duration.ZERO));
    scheduler.start();
    clock.until(() -> waiting() == 0);
    long early = attempts.subList(0, 20).stream().filter(a -> a.matches("u\\d*[13579]@.*")).count();
    assertTrue(early > 12, () -> "of the first 20, small: " + early + " " + attempts);
  }

  @Test
  void urgencyHasItsOwnTimeLimits() {
    assertEquals(Duration.ofHours(2), limit("Priority: urgent"));
    assertEquals(Duration.ofDays(7), limit("priority:  Non-Urgent"));
    assertEquals(Duration.ofDays(7), limit("Precedence: bulk"));
    assertEquals(Duration.ofDays(5), limit("Subject: x\r\n\r\nPriority: urgent"));
  }

  @Test
  void bulkMailIsReturnedWithoutItsBodyAndWithoutWarnings() throws IOException {
    scheduler.close();
    scheduler = scheduler(settings(Duration.ofHours(1), Duration.ZERO, Duration.ofHours(4)));
    scheduler.start();
    answer = r -> r.address().equals("u@one.test") ? busy() : sent();
    byte[] content = "Precedence: bulk\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
    Stored stored =
        Messages.commit(
            spool, Messages.envelope("q1", "s@b.test", clock.now(), "u@one.test"), content);
    var unused = scheduler.submit(stored, DeliveryMode.BACKGROUND);
    clock.until(() -> events.size() == 1);
    clock.quiet();
    for (int hour = 0; hour < 6; hour++) {
      clock.advance(Duration.ofHours(1));
    }
    assertTrue(events.stream().noneMatch(e -> e.startsWith("reported")), events::toString);
    answer = r -> r.address().equals("u@one.test") ? refused() : sent();
    clock.advance(Duration.ofHours(1));
    clock.until(() -> waiting() == 0);
    String report = bodies.get(bodies.size() - 1);
    assertTrue(report.contains("Content-Type: text/rfc822-headers"), report);
    assertTrue(report.contains("Precedence: bulk") && !report.contains("hello"), report);
  }

  @Test
  void theFirstPrecedenceStandsForWhatTheConfigurationSays() {
    Map<String, Integer> classes = Map.of("newsletter", -7, "vip", 40);
    assertEquals(-7, messageClass("Precedence:  Newsletter ", classes));
    assertEquals(40, messageClass("X: y\r\nprecedence: vip\r\nPrecedence: newsletter", classes));
    assertEquals(0, messageClass("Precedence: bulk", classes));
    assertEquals(0, messageClass("Subject: x\r\n\r\nPrecedence: vip", classes));
    assertEquals(-60, messageClass("Precedence: bulk", Precedence.USUAL));
  }

  private int messageClass(String header, Map<String, Integer> classes) {
    byte[] content = (header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    Incoming incoming = spool.begin(classes);
    incoming.append(content, 0, content.length);
    int messageClass = incoming.messageClass();
    incoming.abort();
    return messageClass;
  }

  private Duration limit(String header) {
    byte[] content = (header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    Stored stored =
        Messages.commit(spool, Messages.envelope("x", "s@b.test", START, "u@x.test"), content);
    return new TimeLimits(
            Duration.ofDays(5), Duration.ofHours(2), Duration.ofDays(7), Duration.ofDays(5))
        .of(stored);
  }

  @Test
  void heldMailWaitsForItsRelease() throws Exception {
    scheduler.start();
    answer = unused -> busy();
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> events.size() == 1);
    clock.quiet();
    assertTrue(scheduler.hold("q1", "operator"));
    clock.advance(Duration.ofDays(6));
    assertEquals(1, attempts.size());
    assertEquals(1, waiting());
    answer = unused -> sent();
    assertTrue(scheduler.release("q1"));
    clock.until(() -> attempts.size() == 2);
    assertTrue(!scheduler.hold("nosuch", ""));
  }

  @Test
  void flushTriesWhatIsNotDueAndWhatIsPaused() {
    scheduler.close();
    scheduler = scheduler(settings(Duration.ofHours(1), Duration.ofHours(3), Duration.ZERO));
    answer = r -> r.address().endsWith("@dead.test") ? down() : busy();
    submit("q1", "s@b.test", "u@one.test");
    submit("q2", "s@b.test", "u@dead.test");
    clock.until(() -> events.size() == 2);
    clock.quiet();
    answer = unused -> sent();
    var unused = scheduler.flush();
    clock.until(() -> waiting() == 0);
  }

  @Test
  void leftoversOfAnEarlierProcessAreTriedAtStart() throws IOException {
    for (int i = 0; i < 20; i++) {
      Messages.commit(
          spool,
          Messages.envelope("q" + i, "s@b.test", START, "u@d" + i + ".test"),
          Messages.SMALL);
    }
    reopen(settings(Duration.ofMinutes(30), Duration.ZERO, Duration.ZERO));
    scheduler.start();
    clock.until(() -> waiting() == 0);
    assertEquals(20, attempts.size());
  }

  @Test
  void aRunThatSeesNewMailFirstDoesNotDeliverItTwice() {
    scheduler.start(); // its tasks wait until the clock is driven: the run comes before the mail
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> waiting() == 0);
    clock.advance(Duration.ofHours(1));
    assertEquals(List.of("u@one.test"), attempts);
  }

  @Test
  void aBacklogThatIsPutOffIsTriedOnceARun() {
    scheduler.start();
    answer = unused -> busy();
    for (int i = 0; i < 60; i++) {
      submit("q" + i, "s@b.test", "u" + i + "@one.test");
    }
    clock.quiet();
    clock.advance(Duration.ofMinutes(29));
    assertEquals(60, attempts.size());
    clock.advance(Duration.ofMinutes(30));
    assertEquals(120, attempts.size());
  }

  @Test
  void anAgentThatFailsOnlyPutsOff() {
    agent = delivery -> CompletableFuture.failedFuture(new IllegalStateException("bug"));
    submit("q1", "s@b.test", "u@one.test");
    clock.until(() -> events.size() == 2);
    clock.quiet();
    assertEquals("trouble delivery of q1: java.lang.IllegalStateException: bug", events.get(0));
    assertEquals(1, waiting());
  }

  private static final byte[] LONG =
      ("Subject: long\r\n\r\n" + "a line of some length\r\n".repeat(100_000))
          .getBytes(StandardCharsets.US_ASCII);

  private void submitLong() {
    Stored stored =
        Messages.commit(spool, Messages.envelope("q1", "s@b.test", START, "u@one.test"), LONG);
    var unused = scheduler.submit(stored, DeliveryMode.BACKGROUND);
  }

  private int contentFiles() {
    try (Stream<Path> files = Files.list(dir.resolve("spool/content"))) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLongMessageIsPutOffHeldReleasedAndDeliveredFromItsFile() throws Exception {
    scheduler.start();
    answer = unused -> busy();
    submitLong();
    clock.until(() -> events.size() == 1);
    clock.quiet();
    assertEquals(1, contentFiles());
    assertTrue(scheduler.hold("q1", "operator"));
    clock.advance(Duration.ofHours(2));
    assertEquals(1, attempts.size());
    reopen(settings(Duration.ofMinutes(30), Duration.ZERO, Duration.ZERO));
    scheduler.start();
    answer = unused -> sent();
    assertTrue(scheduler.release("q1"));
    clock.until(() -> waiting() == 0);
    assertEquals(2, bodies.size());
    String text = new String(LONG, StandardCharsets.US_ASCII);
    assertEquals(text, bodies.get(0));
    assertEquals(text, bodies.get(1));
    clock.until(() -> contentFiles() == 0);
  }

  @Test
  void aLongMessageThatIsRefusedComesBackWithItsHeaderOnly() {
    answer = r -> r.address().equals("u@one.test") ? refused() : sent();
    submitLong();
    clock.until(() -> waiting() == 0);
    String bounce = bodies.get(1);
    assertTrue(bounce.contains("Subject: long\r\n"), bounce);
    assertTrue(bounce.contains("text/rfc822-headers"), bounce);
    assertTrue(bounce.length() < 10_000, "length " + bounce.length());
    clock.until(() -> contentFiles() == 0);
  }

  @Test
  void theFileOfARemovedMessageGoesToo() throws Exception {
    answer = unused -> busy();
    submitLong();
    clock.until(() -> events.size() == 1);
    clock.quiet();
    assertTrue(scheduler.remove("q1"));
    assertEquals(0, waiting());
    clock.until(() -> contentFiles() == 0);
  }
}
