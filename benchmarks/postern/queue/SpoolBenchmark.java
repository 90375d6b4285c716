package postern.queue;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import postern.smtp.Envelope;
import postern.smtp.Route;

/**
 * How many durable messages a second the spool takes, and how many pass through it.
 *
 * <p>Each sender is a thread that commits a message, waits until it is durable and goes on with the
 * next, as an SMTP session does. With {@code through}, each message is also settled as delivered
 * before the next one, so that the figure counts the whole life of a message.
 *
 * <p>A main and not a JMH class: the answer depends on the disk, and what is measured is how
 * waiting senders share a commit. Arguments: directory, senders, octets, seconds, {@code in} or
 * {@code through}.
 */
public final class SpoolBenchmark {
  private SpoolBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args.length > 0 ? args[0] : "target/spool-benchmark");
    int senders = args.length > 1 ? Integer.parseInt(args[1]) : 16;
    int octets = args.length > 2 ? Integer.parseInt(args[2]) : 4096;
    double seconds = args.length > 3 ? Double.parseDouble(args[3]) : 5;
    boolean through = args.length > 4 && args[4].equals("through");
    PrintStream out = System.out;
    for (int round = 1; round <= 3; round++) {
      empty(dir);
      try (Spool spool = Spool.open(dir, SpoolSettings.DEFAULT)) {
        long cpu = cpuNanos();
        double rate = run(spool, senders, octets, seconds, through);
        out.printf(
            "round %d: %d senders, %d octets, %s: %,.0f messages/s, %.1f messages a commit,"
                + " %.0f us CPU a message%n",
            round,
            senders,
            octets,
            through ? "through" : "in",
            rate,
            rate * seconds * (through ? 2 : 1) / spool.transactions(),
            (cpuNanos() - cpu) / 1e3 / (rate * seconds));
      }
    }
    empty(dir);
  }

  /** CPU time of the whole process: what is left of the figure when the machine is busy. */
  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getProcessCpuTime()
        : 0;
  }

  private static double run(Spool spool, int senders, int octets, double seconds, boolean through)
      throws InterruptedException {
    byte[] body = content(octets);
    AtomicLong count = new AtomicLong();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      int no = i;
      Thread thread =
          new Thread(
              () -> {
                while (System.nanoTime() < end) {
                  message(spool, "q" + no, body, through);
                  count.incrementAndGet();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return count.get() / ((System.nanoTime() - start) / 1e9);
  }

  private static void message(Spool spool, String id, byte[] body, boolean through) {
    Incoming incoming = spool.begin();
    incoming.append(body, 0, body.length);
    Envelope envelope =
        new Envelope(
            id,
            "sender@client.example.test",
            List.of(
                new Envelope.Recipient(
                    "user@remote.test", "", "", new Route("esmtp", "remote.test", "user"))),
            "8BITMIME",
            "",
            "",
            false,
            Instant.now(),
            "");
    Stored stored = incoming.commit(envelope, new byte[0]).toCompletableFuture().join();
    if (through) {
      long row = stored.key() * SpoolSql.ROWS;
      spool
          .settle(
              new Settlement(
                  stored.key(), stored.size(), List.of(row), List.of(), List.of(), false))
          .join();
    }
  }

  private static byte[] content(int octets) {
    StringBuilder text = new StringBuilder("Subject: benchmark\r\n\r\n");
    while (text.length() < octets) {
      text.append("The quick brown fox jumps over the lazy dog and runs on to the next line.\r\n");
    }
    text.setLength(octets);
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void empty(Path dir) throws IOException {
    if (!Files.exists(dir)) {
      return;
    }
    Files.walkFileTree(
        dir,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(path);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
