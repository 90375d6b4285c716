package postern.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The spool from outside the server, for operators. Reading needs nobody's consent. A change is
 * made by the server that runs ({@link QueueRequests}), because it knows what is being delivered at
 * this moment; without a server it is made here.
 */
public final class QueueDesk implements AutoCloseable {
  private static final int MOST_HEADER = 64 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int POLL_MILLIS = 40;

  private final Path dir;
  private final ReaderPool readers;

  /** Changes that can be asked for. */
  public enum Change {
    /** Puts a message aside. */
    HOLD,
    /** Lets a message that was put aside go on. */
    RELEASE,
    /** Removes a message without telling anybody. */
    REMOVE,
    /** Tries everything now. */
    FLUSH
  }

  /**
   * How much waits for one destination.
   *
   * @param lane mailer and host
   * @param recipients how many wait, those of held messages included
   * @param due when the next is tried; {@link Instant#MAX} if all are held
   * @param reason what the last attempt met with, or empty
   */
  public record Destination(String lane, long recipients, Instant due, String reason) {}

  private QueueDesk(Path dir) {
    this.dir = dir;
    readers = new ReaderPool(() -> SpoolFile.connect(dir, true));
  }

  /**
   * Opens the spool in {@code dir} for reading.
   *
   * @throws SpoolException if there is none
   */
  public static QueueDesk open(Path dir) throws IOException {
    if (!Files.isRegularFile(dir.resolve(SpoolFile.NAME))) {
      throw new SpoolException(SpoolException.Kind.GONE, "there is no queue in " + dir);
    }
    return new QueueDesk(dir);
  }

  /** Whether a server has the spool open now. */
  public boolean isServed() throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                dir.resolve("spool.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (java.nio.channels.OverlappingFileLockException e) {
      return true; // by this very process
    }
  }

  /** Up to {@code limit} messages behind {@code key}, oldest first; begin with 0. */
  public List<QueueEntry> entriesAfter(long key, int limit) throws IOException {
    return readers.use(sql -> SpoolRows.entriesAfter(sql, key, limit));
  }

  /** The message with this queue id. */
  public Optional<QueueEntry> find(String queueId) throws IOException {
    return readers.use(
        sql -> {
          long key = sql.number(SpoolSql.FIND_MESSAGE, -1, queueId);
          return key < 0 ? Optional.empty() : SpoolRows.entry(sql, key);
        });
  }

  /** Attempts that put recipients of this message off, oldest first; the last few of each. */
  public List<QueueEntry.Attempt> attempts(QueueEntry entry) throws IOException {
    return readers.use(sql -> SpoolRows.attempts(sql, entry.message().key()));
  }

  /** How much is waiting. */
  public Spool.Size size() throws IOException {
    return readers.use(
        sql ->
            new Spool.Size(
                sql.number(SpoolSql.COUNT_MESSAGES, 0), sql.number(SpoolSql.COUNT_RECIPIENTS, 0)));
  }

  /** What waits for each destination, the longest queue first. */
  public List<Destination> destinations() throws IOException {
    return readers.use(
        sql -> {
          List<Destination> found = new ArrayList<>();
          try (ResultSet rows = sql.query(SpoolSql.DESTINATIONS)) {
            while (rows.next()) {
              long due = rows.getLong(3);
              found.add(
                  new Destination(
                      rows.getString(1),
                      rows.getLong(2),
                      due == SpoolSql.HELD ? Instant.MAX : Instant.ofEpochMilli(due),
                      rows.getString(4)));
            }
          }
          return found;
        });
  }

  /** The header of a message as it lies in the spool, cut after 64 KiB. */
  public String header(QueueEntry entry) throws IOException {
    byte[] bytes;
    try (InputStream content = Spool.content(dir, readers, entry.message())) {
      bytes = content.readNBytes(MOST_HEADER);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = endOfHeader(text);
    return text.substring(0, end >= 0 ? end : Math.min(text.length(), MOST_HEADER));
  }

  private static int endOfHeader(String text) {
    if (text.startsWith("\r\n")) {
      return 0;
    }
    int end = text.indexOf("\r\n\r\n");
    return end < 0 ? -1 : end + 2;
  }

  /**
   * Makes a change, or has it made; waits until it is.
   *
   * @param queueId the message; ignored for {@link Change#FLUSH}
   * @param reason why a message is held
   * @return false if there is no such message
   * @throws SpoolException if the server does not answer in time
   */
  public boolean change(Change what, String queueId, String reason) throws IOException {
    if (!isServed()) {
      try (Spool spool = Spool.open(dir, SpoolSettings.DEFAULT)) {
        return change(spool, what, queueId, reason);
      } catch (SpoolException e) {
        if (e.kind() != SpoolException.Kind.IN_USE) {
          throw e;
        }
        // A server has just started: it will do it.
      }
    }
    try (Statements sql = new Statements(SpoolFile.connect(dir, false))) {
      return request(sql, what, queueId, reason);
    } catch (SQLException e) {
      throw SpoolException.of(e);
    }
  }

  private static boolean change(Spool spool, Change what, String queueId, String reason)
      throws IOException {
    long now = System.currentTimeMillis();
    if (what == Change.FLUSH) {
      join(spool.setAllDue(now));
      return true;
    }
    Optional<Long> key = spool.find(queueId);
    if (key.isEmpty()) {
      return false;
    }
    join(
        switch (what) {
          case HOLD -> spool.hold(key.get(), reason);
          case RELEASE -> spool.release(key.get(), now);
          case REMOVE -> spool.remove(key.get());
          case FLUSH -> spool.barrier();
        });
    join(spool.barrier());
    return true;
  }

  private static void join(java.util.concurrent.CompletionStage<@Nullable Void> work)
      throws IOException {
    try {
      work.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static boolean request(Statements sql, Change what, String queueId, String reason)
      throws SQLException, SpoolException {
    long id = (System.currentTimeMillis() << 20) | (System.nanoTime() & 0xfffff);
    sql.update(SpoolSql.INSERT_REQUEST, id, what.name(), queueId, reason);
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (System.nanoTime() < end) {
        try (ResultSet rows = sql.query(SpoolSql.SELECT_ANSWER, id)) {
          if (rows.next() && !rows.getString(1).isEmpty()) {
            return QueueRequests.understand(rows.getString(1));
          }
        }
        try {
          Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
    } finally {
      sql.update(SpoolSql.DELETE_REQUEST, id);
    }
    throw new SpoolException(
        SpoolException.Kind.IN_USE, "the server that has the queue open does not answer");
  }

  @Override
  public void close() throws IOException {
    try {
      readers.close();
    } catch (SQLException e) {
      throw SpoolException.of(e);
    }
  }
}
