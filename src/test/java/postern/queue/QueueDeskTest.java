package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.queue.QueueDesk.Change;
import postern.smtp.Envelope;

/** The spool seen and changed from outside, with a server that has it open and without. */
class QueueDeskTest {
  private static final Instant ARRIVED = Instant.parse("2026-11-23T13:00:00Z");

  @TempDir Path folder;

  private Path dir() {
    return folder.resolve("spool");
  }

  private Spool open() throws IOException {
    return Spool.open(dir(), SpoolSettings.DEFAULT.withMinFreeBytes(0));
  }

  private static Outcome refused() {
    return new Outcome.Temporary(
        "mx.remote.test [192.0.2.1]",
        "4.7.0",
        "454 4.7.0 no",
        "454 4.7.0 no",
        "Deferred: 454 4.7.0 no",
        "version=TLSv1.3 verify=FAIL",
        List.of(),
        false);
  }

  private static Scheduler scheduler(Spool spool, HandClock clock) {
    QueueLog silent =
        new QueueLog() {
          @Override
          public void tried(
              Stored message,
              Envelope.Recipient recipient,
              Outcome outcome,
              Duration delay,
              Duration took,
              int tries) {}

          @Override
          public void reported(Stored message, Stored dsn, Dsn.Type type, String why) {}

          @Override
          public void unreported(Stored message, String why) {}

          @Override
          public void trouble(String what, Throwable cause) {}
        };
    DeliveryAgent agent =
        delivery ->
            CompletableFuture.completedFuture(
                delivery.envelope().recipients().stream().map(unused -> refused()).toList());
    return new Scheduler(
        new Scheduler.Ports(
            spool,
            mailer -> Optional.of(agent),
            address -> Optional.of(Messages.route(address)),
            () -> "dsn",
            silent,
            clock),
        ScheduleSettings.DEFAULT,
        new BounceSettings("gw.example.test", "postmaster", 1 << 20, ZoneOffset.UTC));
  }

  @Test
  void withoutAServerChangesAreMadeHere() throws IOException {
    try (Spool spool = open()) {
      Messages.commit(
          spool, Messages.envelope("A1", "s@a.test", ARRIVED, "u@x.test"), Messages.SMALL);
      Messages.commit(
          spool,
          Messages.envelope("A2", "s@a.test", ARRIVED, "u@x.test", "v@y.test"),
          Messages.SMALL);
    }
    try (QueueDesk desk = QueueDesk.open(dir())) {
      assertFalse(desk.isServed());
      assertEquals(new Spool.Size(2, 3), desk.size());
      assertEquals(
          "Subject: test\r\nFrom: <a@b.test>\r\n", desk.header(desk.find("A1").orElseThrow()));
      assertEquals(
          List.of("esmtp x.test", "esmtp y.test"),
          desk.destinations().stream().map(QueueDesk.Destination::lane).toList());
      assertEquals(2, desk.destinations().get(0).recipients());
      assertTrue(desk.change(Change.HOLD, "A1", "let me look"));
      assertTrue(desk.find("A1").orElseThrow().held());
      assertEquals(
          "it is held: let me look",
          QueueReason.sentence(desk.find("A1").orElseThrow(), ARRIVED, false));
      assertTrue(desk.change(Change.RELEASE, "A1", ""));
      assertFalse(desk.find("A1").orElseThrow().held());
      assertTrue(desk.change(Change.REMOVE, "A1", ""));
      assertTrue(desk.find("A1").isEmpty());
      assertFalse(desk.change(Change.REMOVE, "A1", ""), "it is gone");
      assertTrue(desk.change(Change.FLUSH, "", ""));
      assertEquals(
          List.of("A2"),
          desk.entriesAfter(0, 10).stream().map(e -> e.message().envelope().id()).toList());
    }
  }

  @Test
  void aLongMessageIsShownAndRemoved() throws IOException {
    String text = "Subject: long\r\n\r\n" + "a line of some length\r\n".repeat(100_000);
    try (Spool spool = open()) {
      Messages.commit(
          spool,
          Messages.envelope("L1", "s@a.test", ARRIVED, "u@x.test"),
          text.getBytes(StandardCharsets.US_ASCII));
    }
    Path content = dir().resolve("content");
    assertEquals(1, count(content));
    try (QueueDesk desk = QueueDesk.open(dir())) {
      QueueEntry entry = desk.find("L1").orElseThrow();
      assertEquals(text.length(), entry.message().size());
      assertEquals("Subject: long\r\n", desk.header(entry));
      assertTrue(desk.change(Change.REMOVE, "L1", ""));
    }
    open().close();
    assertEquals(0, count(content));
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void aServerThatRunsMakesThem() throws Exception {
    HandClock clock = new HandClock(ARRIVED);
    var looks = Executors.newSingleThreadScheduledExecutor();
    try (Spool spool = open();
        QueueDesk desk = QueueDesk.open(dir())) {
      Messages.commit(
          spool, Messages.envelope("B1", "s@a.test", ARRIVED, "u@x.test"), Messages.SMALL);
      Scheduler scheduler = scheduler(spool, clock);
      QueueRequests requests = new QueueRequests(spool, scheduler);
      var unused =
          looks.scheduleWithFixedDelay(
              () -> {
                try {
                  requests.look();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              0,
              20,
              TimeUnit.MILLISECONDS);
      assertTrue(desk.isServed());
      assertTrue(desk.change(Change.HOLD, "B1", "x"));
      assertTrue(desk.find("B1").orElseThrow().held());
      assertFalse(desk.change(Change.HOLD, "no such", "x"));
      assertTrue(desk.change(Change.RELEASE, "B1", ""));
      assertFalse(desk.find("B1").orElseThrow().held());
      assertTrue(desk.change(Change.REMOVE, "B1", ""));
      assertTrue(desk.find("B1").isEmpty());
      assertEquals(List.of(), spool.requests(), "none is left behind");
      looks.shutdown();
      assertTrue(looks.awaitTermination(5, TimeUnit.SECONDS));
      scheduler.close();
    } finally {
      looks.shutdownNow();
    }
  }

  /** An operator who gave up does not want the message removed next morning. */
  @Test
  void aRequestThatNobodyWaitsForIsDropped() throws Exception {
    HandClock clock = new HandClock(ARRIVED);
    try (Spool spool = open();
        QueueDesk desk = QueueDesk.open(dir())) {
      Messages.commit(
          spool, Messages.envelope("C1", "s@a.test", ARRIVED, "u@x.test"), Messages.SMALL);
      try (Connection sql =
              DriverManager.getConnection("jdbc:sqlite:" + dir().resolve(SpoolFile.NAME));
          var statement = sql.createStatement()) {
        long old = System.currentTimeMillis() - 60_000;
        statement.execute(
            "INSERT INTO request VALUES (" + (old << 20) + ", 'REMOVE', 'C1', '', '')");
      }
      Scheduler scheduler = scheduler(spool, clock);
      new QueueRequests(spool, scheduler).look();
      spool.barrier().join();
      assertEquals(List.of(), spool.requests());
      assertTrue(desk.find("C1").isPresent());
      scheduler.close();
    }
  }

  @Test
  void noQueueIsSaid() {
    SpoolException e =
        assertThrows(SpoolException.class, () -> QueueDesk.open(folder.resolve("none")));
    assertEquals(SpoolException.Kind.GONE, e.kind());
  }

  @Test
  void theReasonInOneSentence() throws Exception {
    try (Spool spool = open()) {
      Messages.commit(
          spool,
          Messages.envelope("D1", "s@a.test", ARRIVED, "u@x.test", "v@x.test"),
          Messages.SMALL);
    }
    Instant now = ARRIVED.plusSeconds(7200);
    try (QueueDesk desk = QueueDesk.open(dir())) {
      QueueEntry entry = desk.find("D1").orElseThrow();
      assertEquals(
          "it has not been tried yet; the next attempt is due",
          QueueReason.sentence(entry, now, true));
      assertEquals(
          "it has not been tried yet, and no server is running",
          QueueReason.sentence(entry, now, false));
    }
    try (Connection sql =
            DriverManager.getConnection("jdbc:sqlite:" + dir().resolve(SpoolFile.NAME));
        var statement = sql.createStatement()) {
      statement.execute(
          "UPDATE recipient SET tries = 3, dsn = '4.4.1', reason = 'Deferred: Connection refused',"
              + (" tried = " + now.minusSeconds(600).toEpochMilli())
              + (", due = " + now.plusSeconds(1200).toEpochMilli()));
    }
    try (QueueDesk desk = QueueDesk.open(dir())) {
      assertEquals(
          "attempt 3 for <u@x.test> and 1 more put off 10 min ago: Deferred: Connection refused"
              + " (4.4.1); the next attempt is in 20 min",
          QueueReason.sentence(desk.find("D1").orElseThrow(), now, true));
      assertEquals("Deferred: Connection refused", desk.destinations().get(0).reason());
    }
    assertEquals("1 d 2 h", QueueReason.length(Duration.ofHours(26)));
    assertEquals(
        13, "Subject: test".getBytes(StandardCharsets.US_ASCII).length, "the fixture is as ever");
  }
}
