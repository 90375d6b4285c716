package postern.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.smtp.Envelope;
import postern.smtp.Route;

class SpoolTest {
  private static final Instant ARRIVED = Instant.parse("2026-11-23T13:53:07.123Z");
  private static final SpoolSettings SETTINGS = SpoolSettings.DEFAULT.withMinFreeBytes(0);

  @TempDir Path dir;

  private Spool open(SpoolSettings settings) throws IOException {
    return Spool.open(dir.resolve("spool"), settings);
  }

  @Test
  void envelopeAndContentComeBackAfterReopening() throws IOException {
    Envelope envelope =
        new Envelope(
            "7ANDr7OL015993",
            "s@client.test",
            List.of(
                new Envelope.Recipient(
                    "u@remote.test",
                    "SUCCESS,DELAY",
                    "rfc822;u+40x",
                    new Route("esmtp", "[127.0.0.1]", "U")),
                new Envelope.Recipient("local", "", "", new Route("local", "", "local"))),
            "8BITMIME",
            "HDRS",
            "id+2B1",
            true,
            ARRIVED,
            "",
            false,
            new postern.smtp.DeliverBy(3600, true, true));
    Stored stored;
    try (Spool spool = open(SETTINGS)) {
      Incoming incoming = spool.begin();
      incoming.append(Messages.SMALL, 0, Messages.SMALL.length);
      byte[] prefix = "Received: here\r\n".getBytes(StandardCharsets.US_ASCII);
      stored = incoming.commit(envelope, prefix).toCompletableFuture().join();
      assertEquals(prefix.length + Messages.SMALL.length, stored.size());
    }
    try (Spool spool = open(SETTINGS)) {
      QueueEntry entry = spool.entry(stored.key()).orElseThrow();
      assertEquals(stored, entry.message());
      assertFalse(entry.held());
      assertEquals(ARRIVED, entry.waiting().get(1).due());
      try (InputStream content = spool.content(entry.message())) {
        assertEquals(
            "Received: here\r\n" + new String(Messages.SMALL, StandardCharsets.US_ASCII),
            new String(content.readAllBytes(), StandardCharsets.US_ASCII));
      }
      assertEquals(stored.key(), spool.find("7ANDr7OL015993").orElseThrow());
      assertTrue(spool.begin().size() == 0 && spool.find("nosuch").isEmpty());
    }
  }

  @Test
  void spoolIsForItsOwnerOnlyAndForOneProcess() throws IOException {
    try (Spool spool = open(SETTINGS)) {
      assertEquals(0, spool.size().messages());
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("spool"))));
      SpoolException e = assertThrows(SpoolException.class, () -> open(SETTINGS));
      assertEquals(SpoolException.Kind.IN_USE, e.kind());
    }
  }

  @Test
  void longContentIsWrittenInChunksAndReadBackByteForByte() throws IOException {
    SpoolSettings small = new SpoolSettings(4096, 1 << 16, 1 << 20, 0, 0, 0);
    byte[] content = new byte[50_001];
    new Random(7).nextBytes(content);
    try (Spool spool = open(small)) {
      Incoming incoming = spool.begin();
      for (int at = 0; at < content.length; at += 999) {
        incoming.append(content, at, Math.min(999, content.length - at));
      }
      byte[] prefix = {1, 2, 3};
      Stored stored =
          incoming
              .commit(Messages.envelope("q1", "s@b.test", ARRIVED, "u@remote.test"), prefix)
              .toCompletableFuture()
              .join();
      byte[] expected = new byte[content.length + 3];
      System.arraycopy(prefix, 0, expected, 0, 3);
      System.arraycopy(content, 0, expected, 3, content.length);
      try (InputStream in = spool.content(stored)) {
        assertArrayEquals(expected, in.readAllBytes());
      }
    }
  }

  @Test
  void abortedAndForgottenMessagesLeaveNothing() throws Exception {
    SpoolSettings small = new SpoolSettings(1024, 1 << 16, 1 << 20, 0, 0, 0);
    try (Spool spool = open(small)) {
      Incoming aborted = spool.begin();
      aborted.append(new byte[200_000], 0, 200_000);
      awaitFiles(1);
      aborted.abort();
      awaitFiles(0);
      Incoming forgotten = spool.begin(); // the process ends before it is committed
      forgotten.append(new byte[200_000], 0, 200_000);
      awaitFiles(1);
    }
    assertEquals(1, files().size(), "the test left nothing to clean up");
    try (Spool spool = open(small)) {
      assertEquals(0, spool.size().messages());
      assertEquals(List.of(), files());
    }
    assertEquals(0, count("SELECT count(*) FROM message"));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("spool/content"))) {
      return files.toList();
    }
  }

  private void awaitFiles(int expected) throws Exception {
    for (int i = 0; i < 500 && files().size() != expected; i++) {
      Thread.sleep(10);
    }
    assertEquals(expected, files().size());
  }

  private static Settlement done(Stored stored) {
    List<Long> rows = List.of(stored.key() * SpoolSql.ROWS);
    return new Settlement(stored.key(), stored.size(), rows, List.of(), List.of(), false);
  }

  @Test
  void longContentIsAFileThatLeavesWithItsMessage() throws Exception {
    SpoolSettings small = new SpoolSettings(1024, 1 << 16, 1 << 20, 0, 0, 0);
    Envelope envelope = Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test");
    try (Spool spool = open(small)) {
      Messages.commit(spool, envelope, new byte[1000]);
      assertEquals(List.of(), files());
      Stored delivered = Messages.commit(spool, envelope, new byte[5000]);
      Stored removed = Messages.commit(spool, envelope, new byte[100_000]);
      assertEquals(2, files().size());
      for (Path file : files()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
      assertEquals(0, count("SELECT count(*) FROM chunk WHERE length(data) > 1000"));
      try (InputStream begun = spool.content(delivered)) {
        assertEquals(0, begun.read());
        spool.settle(done(delivered)).join();
        awaitFiles(1);
        assertEquals(4999, begun.readAllBytes().length, "what is being read is read to its end");
      }
      spool.remove(removed.key()).toCompletableFuture().join();
      awaitFiles(0);
    }
  }

  @Test
  void fileOutlivesACrashWithItsRowAndOnlyWithIt() throws Exception {
    SpoolSettings small = new SpoolSettings(1024, 1 << 16, 1 << 20, 0, 0, 0);
    Envelope envelope = Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test");
    byte[] content = new byte[5000];
    new Random(3).nextBytes(content);
    Stored kept;
    Stored left;
    byte[] copy;
    Path file;
    try (Spool spool = open(small)) {
      kept = Messages.commit(spool, envelope, content);
      left = Messages.commit(spool, envelope, content);
      file = dir.resolve("spool/content/" + left.key());
      copy = Files.readAllBytes(file);
      spool.settle(done(left)).join();
      awaitFiles(1);
    }
    Files.write(file, copy); // as if killed between the row's end and the file's
    Files.write(dir.resolve("spool/content/4711"), copy); // and between file and row
    Path strange = Files.write(dir.resolve("spool/content/README"), copy); // none of ours
    try (Spool spool = open(small)) {
      assertEquals(1, spool.size().messages());
      assertArrayEquals(content, spool.content(kept).readAllBytes());
      assertEquals(2, files().size());
      assertTrue(Files.exists(strange));
      spool.settle(done(kept)).join();
      awaitFiles(1);
    }
  }

  @Test
  void damagedFileIsAnErrorAndNeverAShorterMessage() throws Exception {
    SpoolSettings small = new SpoolSettings(1024, 1 << 16, 1 << 20, 0, 0, 0);
    try (Spool spool = open(small)) {
      Stored stored =
          Messages.commit(
              spool, Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test"), new byte[5000]);
      Files.write(files().get(0), new byte[4999]);
      SpoolException e =
          assertThrows(SpoolException.class, () -> spool.content(stored).readAllBytes());
      assertTrue(String.valueOf(e.getMessage()).contains("4999 octets, not 5000"), e::toString);
      Files.delete(files().get(0));
      e = assertThrows(SpoolException.class, () -> spool.content(stored).readAllBytes());
      assertEquals(SpoolException.Kind.GONE, e.kind());
    }
  }

  private long count(String sql) {
    try (Statements statements = new Statements(SpoolFile.connect(dir.resolve("spool"), true))) {
      return statements.number(sql, -1);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sendersThatWaitTogetherShareACommit() throws Exception {
    try (Spool spool = open(SETTINGS)) {
      int messages = 300;
      List<CompletableFuture<Stored>> stages = new ArrayList<>();
      for (int i = 0; i < messages; i++) {
        Incoming incoming = spool.begin();
        incoming.append(Messages.SMALL, 0, Messages.SMALL.length);
        stages.add(
            incoming
                .commit(
                    Messages.envelope("q" + i, "s@b.test", ARRIVED, "u@remote.test"), new byte[0])
                .toCompletableFuture());
      }
      CompletableFuture.allOf(stages.toArray(new CompletableFuture<?>[0]))
          .get(10, TimeUnit.SECONDS);
      assertEquals(messages, spool.size().messages());
      assertTrue(spool.transactions() < messages / 3, spool.transactions() + " transactions");
    }
  }

  @Test
  void settledMessagesDisappearWithTheirLastRecipient() throws IOException {
    try (Spool spool = open(SETTINGS)) {
      Stored stored =
          Messages.commit(
              spool,
              Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test", "v@two.test"),
              Messages.SMALL);
      long row = stored.key() * SpoolSql.ROWS;
      Outcome.Temporary later =
          new Outcome.Temporary(
              "mx.two.test [192.0.2.1]",
              "4.2.1",
              "450 4.2.1 busy",
              "450 4.2.1 busy",
              "Deferred: 450 4.2.1 busy",
              "version=TLSv1.3",
              List.of(),
              false);
      Settlement first =
          new Settlement(
              stored.key(),
              stored.size(),
              List.of(row),
              List.of(new Settlement.Deferral(row + 1, 5000, 1, 4000, later)),
              List.of(),
              false);
      spool.settle(first).join();
      QueueEntry entry = spool.entry(stored.key()).orElseThrow();
      QueueEntry.Waiting waiting = entry.waiting().get(0);
      assertEquals(1, entry.waiting().size());
      assertEquals("v@two.test", waiting.recipient().address());
      assertEquals("Deferred: 450 4.2.1 busy", waiting.reason());
      assertEquals(
          List.of(
              new QueueEntry.Attempt(
                  row + 1,
                  1,
                  Instant.ofEpochMilli(4000),
                  "mx.two.test [192.0.2.1]",
                  "version=TLSv1.3",
                  "4.2.1",
                  "450 4.2.1 busy",
                  "Deferred: 450 4.2.1 busy")),
          spool.attempts(stored.key()));
      spool
          .settle(
              new Settlement(
                  stored.key(), stored.size(), List.of(row + 1), List.of(), List.of(), false))
          .join();
      assertTrue(spool.entry(stored.key()).isEmpty());
      SpoolException gone =
          assertThrows(SpoolException.class, () -> spool.content(stored).readAllBytes());
      assertEquals(SpoolException.Kind.GONE, gone.kind());
    }
    for (String table : List.of("message", "recipient", "chunk", "attempt")) {
      assertEquals(0, count("SELECT count(*) FROM " + table), table);
    }
  }

  /** As version 2 stored them, and as long reports still are. */
  @Test
  void longMessagesInRowsLeaveInSlices() throws Exception {
    SpoolSettings small = new SpoolSettings(1024, 1 << 16, 1 << 20, 0, 0, 0);
    int chunks = 300;
    try (Spool spool = open(small)) {
      Stored stored =
          Messages.commit(
              spool, Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test"), new byte[1000]);
      long first = stored.key() * SpoolSql.ROWS;
      try (Statements sql = new Statements(SpoolFile.connect(dir.resolve("spool"), false))) {
        for (int no = 1; no < chunks; no++) {
          sql.update(SpoolSql.INSERT_CHUNK, first + no, new byte[1000]);
        }
      }
      Stored longer =
          new Stored(
              stored.key(), stored.envelope(), chunks * 1000L, stored.kind(), stored.precedence());
      assertEquals(chunks * 1000, spool.content(longer).readAllBytes().length);
      spool.settle(done(longer)).join();
      assertEquals(0, spool.size().messages());
    }
    try (Spool spool = open(small)) {
      assertEquals(0, spool.size().messages());
    }
    assertEquals(0, count("SELECT count(*) FROM chunk"));
  }

  @Test
  void fullSpoolRefusesLosesNothingAndRecovers() throws Exception {
    SpoolSettings limited = SETTINGS.withMaxBytes(1 << 20);
    try (Spool spool = open(limited)) {
      List<Stored> taken = new ArrayList<>();
      SpoolException full = null;
      for (int i = 0; full == null && i < 1000; i++) {
        try {
          taken.add(
              Messages.commit(
                  spool,
                  Messages.envelope("q" + i, "s@b.test", ARRIVED, "u@remote.test"),
                  new byte[20_000]));
        } catch (CompletionException e) {
          full = assertInstanceOf(SpoolException.class, e.getCause());
        }
      }
      assertNotNull(full);
      assertEquals(SpoolException.Kind.NO_SPACE, full.kind());
      Incoming longOne = spool.begin();
      for (int i = 0; i < 30; i++) {
        longOne.append(new byte[100_000], 0, 100_000);
      }
      CompletionException refused =
          assertThrows(
              CompletionException.class,
              () ->
                  longOne
                      .commit(
                          Messages.envelope("qx", "s@b.test", ARRIVED, "u@remote.test"),
                          new byte[0])
                      .toCompletableFuture()
                      .join());
      assertEquals(
          SpoolException.Kind.NO_SPACE,
          assertInstanceOf(SpoolException.class, refused.getCause()).kind());
      assertEquals(taken.size(), spool.size().messages());
      awaitFiles(0);
      Stored done = taken.get(0);
      spool
          .settle(
              new Settlement(
                  done.key(),
                  done.size(),
                  List.of(done.key() * SpoolSql.ROWS),
                  List.of(),
                  List.of(),
                  false))
          .join();
      Messages.commit(
          spool, Messages.envelope("qz", "s@b.test", ARRIVED, "u@remote.test"), new byte[10_000]);
      assertEquals(taken.size(), spool.size().messages());
    }
  }

  @Test
  void sendersArePausedWhenTheDiskIsSlowAndResumed() throws Exception {
    SpoolSettings tight = new SpoolSettings(1024, 1 << 20, 4096, 0, 0, 0);
    try (Spool spool = open(tight)) {
      Incoming incoming = spool.begin();
      boolean go = true;
      for (int i = 0; go && i < 10_000; i++) {
        go = incoming.append(new byte[4096], 0, 4096);
      }
      assertFalse(go, "never asked to pause");
      CountDownLatch resumed = new CountDownLatch(1);
      incoming.whenReady(resumed::countDown);
      assertTrue(resumed.await(10, TimeUnit.SECONDS));
      incoming.abort();
    }
  }

  @Test
  void heldMessagesAreNotDueUntilReleased() throws Exception {
    try (Spool spool = open(SETTINGS)) {
      Stored stored =
          Messages.commit(
              spool, Messages.envelope("q1", "s@b.test", ARRIVED, "u@one.test"), Messages.SMALL);
      long now = ARRIVED.toEpochMilli() + 1;
      assertEquals(List.of(stored.key()), spool.dueInLane("esmtp one.test", now, 10));
      spool.hold(stored.key(), "looks odd").toCompletableFuture().join();
      assertEquals(List.of(), spool.dueInLane("esmtp one.test", now, 10));
      assertEquals(
          "looks odd", spool.entry(stored.key()).orElseThrow().message().envelope().quarantine());
      spool.setAllDue(now).join();
      assertEquals(List.of(), spool.dueInLane("esmtp one.test", now, 10));
      spool.release(stored.key(), now).toCompletableFuture().join();
      assertEquals(List.of(stored.key()), spool.dueInLane("esmtp one.test", now, 10));
      spool.remove(stored.key()).toCompletableFuture().join();
      assertEquals(0, spool.size().recipients());
    }
  }

  @Test
  void afterClosingNothingIsAcceptedAndNothingHangs() throws IOException {
    Spool spool = open(SETTINGS);
    spool.close();
    Incoming incoming = spool.begin();
    incoming.append(Messages.SMALL, 0, Messages.SMALL.length);
    CompletionException e =
        assertThrows(
            CompletionException.class,
            () ->
                incoming
                    .commit(Messages.envelope("q", "", ARRIVED, "u@one.test"), new byte[0])
                    .toCompletableFuture()
                    .join());
    assertEquals(
        SpoolException.Kind.CLOSED, assertInstanceOf(SpoolException.class, e.getCause()).kind());
  }
}
