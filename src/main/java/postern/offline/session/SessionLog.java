package postern.offline.session;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of session records that grows while a gateway runs. Whoever adds a line never waits: a
 * thread of its own writes, and when the disk does not keep up lines are left out and counted in
 * the ordinary log. The file is opened for appending, readable by its owner and group.
 */
public final class SessionLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);
  private static final int WAITING = 10_000;
  private static final String END = "";

  private final ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final BufferedWriter file;
  private final Thread thread;

  /** Opens {@code path}, which is made if it is not there. */
  public SessionLog(Path path) throws IOException {
    if (!Files.exists(path)) {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }
    file =
        Files.newBufferedWriter(
            path, StandardCharsets.UTF_8, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    thread = new Thread(this::work, "session log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds a line, line end included. */
  public void add(String line) {
    if (!lines.offer(line)) {
      lost.incrementAndGet();
    }
  }

  private void work() {
    try {
      while (true) {
        String line = lines.poll();
        if (line == null) {
          file.flush();
          line = lines.take();
        }
        if (line.equals(END)) {
          break;
        }
        file.write(line);
        long left = lost.getAndSet(0);
        if (left > 0) {
          LOG.warn("session log: {} sessions left out, the disk is too slow", left);
        }
      }
    } catch (IOException e) {
      LOG.error("SYSERR: session log; no more sessions are recorded", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() throws IOException {
    try {
      if (lines.offer(END, 5, TimeUnit.SECONDS)) {
        thread.join(5000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
