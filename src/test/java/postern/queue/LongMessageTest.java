package postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message much longer than the heap goes in and comes out in a process of its own. */
class LongMessageTest {
  private static final int MEGABYTES = 96;

  @TempDir Path dir;

  @Test
  void contentLongerThanTheHeapStreams() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                dir.resolve("spool").toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, child.waitFor(), output);
    assertEquals("ok " + ((long) MEGABYTES << 20), output.lines().reduce("", (a, b) -> b));
  }

  /** The process with the small heap. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      SpoolSettings settings = new SpoolSettings(128 << 10, 1 << 20, 2 << 20, 0, 0, 1 << 20);
      try (Spool spool = Spool.open(Path.of(args[0]), settings)) {
        CRC32 before = new CRC32();
        Incoming incoming = spool.begin();
        byte[] block = new byte[1 << 16];
        Semaphore go = new Semaphore(0);
        for (int i = 0; i < MEGABYTES * 16; i++) {
          block[i % block.length]++;
          before.update(block);
          if (!incoming.append(block, 0, block.length)) {
            incoming.whenReady(go::release);
            go.acquire();
          }
        }
        Stored stored =
            incoming
                .commit(
                    Messages.envelope("q1", "s@b.test", Instant.EPOCH, "u@one.test"), new byte[0])
                .toCompletableFuture()
                .join();
        CRC32 after = new CRC32();
        long length = 0;
        try (InputStream in = spool.content(stored)) {
          for (int n = in.read(block); n > 0; n = in.read(block)) {
            after.update(block, 0, n);
            length += n;
          }
        }
        System.out.println((before.getValue() == after.getValue() ? "ok " : "damaged ") + length);
      }
    }
  }
}
