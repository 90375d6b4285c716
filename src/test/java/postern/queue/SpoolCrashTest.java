package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes, settles and aborts messages as fast as it can is killed (SIGKILL) again
 * and again; its ledger is compared with the spool. The page cache outlives a process, so this
 * shows that transactions are whole, not that the disk keeps its word.
 */
class SpoolCrashTest {
  private static final int KILLS = 12;

  @TempDir Path dir;

  @Test
  void nothingCommittedIsLostAndNothingHalfWrittenIsKept() throws Exception {
    Path ledger = dir.resolve("ledger");
    Random random = new Random(20261123);
    int committed = 0;
    int kept = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = start(ledger, kill);
      try {
        awaitReady(child, ledger);
        Thread.sleep(150 + random.nextInt(400));
      } finally {
        child.destroyForcibly(); // SIGKILL
      }
      assertTrue(child.waitFor(20, TimeUnit.SECONDS), "the child did not die");
      Ledger seen = Ledger.read(ledger);
      try (Spool spool = Spool.open(dir.resolve("spool"), SETTINGS)) {
        kept = check(spool, seen);
        checkFiles(spool);
      }
      assertTrue(seen.committed.size() > committed, "nothing was committed in round " + kill);
      committed = seen.committed.size();
    }
    System.out.println(
        KILLS + " kills: " + committed + " messages committed, " + kept + " still in the spool");
  }

  private static final SpoolSettings SETTINGS =
      new SpoolSettings(4096, 1 << 20, 4 << 20, 0, 0, 1 << 20);

  /** What the ledger says must be there is there, whole; what is gone is gone. */
  private static int check(Spool spool, Ledger seen) throws IOException {
    Set<String> present = new HashSet<>();
    long after = 0;
    List<QueueEntry> page = spool.entriesAfter(after, 500);
    while (!page.isEmpty()) {
      for (QueueEntry entry : page) {
        String id = entry.message().envelope().id();
        assertTrue(present.add(id), "twice: " + id);
        assertEquals(2, entry.waiting().size(), id);
        byte[] content = spool.content(entry.message()).readAllBytes();
        assertEquals(length(id), content.length, id);
        assertEquals((byte) id.hashCode(), content[content.length - 1], id);
        after = entry.message().key();
      }
      page = spool.entriesAfter(after, 500);
    }
    for (String id : seen.committed) {
      boolean settling = seen.settling.contains(id);
      assertTrue(present.contains(id) || settling, "lost: " + id);
    }
    for (String id : seen.settled) {
      assertTrue(!present.contains(id), "came back: " + id);
    }
    for (String id : present) {
      assertTrue(seen.begun.contains(id), "never begun: " + id);
    }
    return present.size();
  }

  /** Exactly the messages longer than a chunk have a file. */
  private void checkFiles(Spool spool) throws IOException {
    Set<String> expected = new HashSet<>();
    for (QueueEntry entry : spool.entriesAfter(0, 1_000_000)) {
      if (entry.message().size() > 4096) {
        expected.add(Long.toString(entry.message().key()));
      }
    }
    try (Stream<Path> files = Files.list(dir.resolve("spool/content"))) {
      assertEquals(
          expected, files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  /** Lines {@code B}egun, {@code C}ommitted, about to {@code S}ettle, {@code D}one. */
  private record Ledger(
      Set<String> begun, Set<String> committed, Set<String> settling, Set<String> settled) {
    static Ledger read(Path file) throws IOException {
      Ledger ledger =
          new Ledger(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
      String text = Files.readString(file);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1); // the last line may be cut
      whole
          .lines()
          .forEach(
              line -> {
                String id = line.substring(2);
                switch (line.charAt(0)) {
                  case 'B' -> ledger.begun.add(id);
                  case 'C' -> ledger.committed.add(id);
                  case 'S' -> ledger.settling.add(id);
                  case 'D' -> ledger.settled.add(id);
                  default -> throw new IllegalStateException(line);
                }
              });
      return ledger;
    }
  }

  private Process start(Path ledger, int round) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            dir.resolve("spool").toString(),
            ledger.toString(),
            Integer.toString(round))
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("child.log").toFile())
        .start();
  }

  private void awaitReady(Process child, Path ledger) throws Exception {
    long before = Files.exists(ledger) ? Files.size(ledger) : 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(ledger) || Files.size(ledger) < before + 2000) {
      assertTrue(
          child.isAlive() && System.nanoTime() < end, () -> "the child does not work: " + log());
      Thread.sleep(10);
    }
  }

  private String log() {
    try {
      return Files.readString(dir.resolve("child.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** One message in eight is longer than a chunk. */
  private static int length(String id) {
    int hash = id.hashCode() & 0xffff;
    return hash % 8 == 0 ? 4096 + hash : 100 + hash % 3000;
  }

  /** The process that is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Spool spool = Spool.open(Path.of(args[0]), SETTINGS);
      FileChannel ledger =
          FileChannel.open(Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String prefix = "r" + args[2] + "t" + i + "n";
        Thread thread = new Thread(() -> work(spool, ledger, prefix));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private static void work(Spool spool, FileChannel ledger, String prefix) {
      List<Stored> taken = new ArrayList<>();
      for (int n = 0; ; n++) {
        String id = prefix + n;
        byte[] content = new byte[length(id)];
        content[content.length - 1] = (byte) id.hashCode();
        note(ledger, "B " + id);
        Incoming incoming = spool.begin();
        incoming.append(content, 0, content.length);
        if (n % 10 == 9) {
          incoming.abort();
          continue;
        }
        Stored stored =
            incoming
                .commit(
                    Messages.envelope(id, "s@b.test", Instant.EPOCH, "u@one.test", "v@two.test"),
                    new byte[0])
                .toCompletableFuture()
                .join();
        note(ledger, "C " + id);
        taken.add(stored);
        if (taken.size() > 5) {
          settle(spool, ledger, taken.remove(0));
        }
      }
    }

    /** Both recipients in one transaction, so that the check finds two or none. */
    private static void settle(Spool spool, FileChannel ledger, Stored stored) {
      String id = stored.envelope().id();
      note(ledger, "S " + id);
      long row = stored.key() * SpoolSql.ROWS;
      spool
          .settle(
              new Settlement(
                  stored.key(), stored.size(), List.of(row, row + 1), List.of(), List.of(), false))
          .join();
      note(ledger, "D " + id);
    }

    private static void note(FileChannel ledger, String line) {
      try {
        // One write a line: append mode keeps lines of several threads apart.
        ledger.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
