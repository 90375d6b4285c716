package postern.queue;

import static postern.queue.SpoolSql.ROWS;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The durable store of messages that are on their way. Safe for many threads; what it returns as a
 * stage completes on a thread of its own ("spool-done"), where nothing may block.
 *
 * <p>A message is in the spool from the moment {@link Incoming#commit} completes until the last of
 * its recipients is settled. The process may be killed at any moment: what was committed is still
 * there, what was not has disappeared when the spool is opened again.
 */
public final class Spool implements AutoCloseable {
  private static final long DUE_AT_ONCE = 1000;
  private static final long FRESH_NANOS = 60_000_000_000L;

  private final SpoolSettings settings;
  private final SpoolFile file;
  private final Path dir;
  private final SpoolRoom room;
  private final ReaderPool readers;
  private final GroupWriter writer;
  private final ContentFiles files;
  private final ExecutorService callbacks;
  private final ContentCache cache;
  private final AtomicLong nextKey;
  private final Pauses pauses = new Pauses();

  /** Messages just committed that no scheduler has taken yet, and since when. */
  private final Map<Long, Long> fresh = new ConcurrentHashMap<>();

  private Spool(SpoolSettings settings, Path dir, SpoolFile file) throws IOException {
    this.settings = settings;
    this.file = file;
    this.dir = dir;
    this.room = new SpoolRoom(dir, settings.minFreeBytes());
    this.files = ContentFiles.open(dir, settings.maxBytes(), room::hasSpace, this::resumePaused);
    this.readers = new ReaderPool(() -> SpoolFile.connect(dir, true));
    this.cache = new ContentCache(settings.cacheBytes());
    this.nextKey = new AtomicLong(file.nextKey());
    this.callbacks =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "spool-done");
              thread.setDaemon(true);
              return thread;
            });
    this.writer = new GroupWriter(file.sql(), settings.groupBytes(), callbacks, this::resumePaused);
  }

  /**
   * Opens the spool in {@code dir}, creating it (mode 0700) if need be, and removes what an earlier
   * process left half written.
   *
   * @throws SpoolException if another process has it open, or its version is unknown here
   * @throws IOException if the directory or the database cannot be used
   */
  public static Spool open(Path dir, SpoolSettings settings) throws IOException {
    SpoolFile file = SpoolFile.open(dir, settings);
    try {
      return new Spool(settings, dir, file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  // Taking messages.

  /** Begins a message whose {@code Precedence:} means what it usually does. */
  public Incoming begin() {
    return begin(Precedence.USUAL);
  }

  /**
   * Begins a message.
   *
   * @param classes what words in {@code Precedence:} stand for ({@code P} lines), in lower case
   */
  public Incoming begin(Map<String, Integer> classes) {
    Incoming incoming =
        new Incoming(this, nextKey.getAndIncrement(), settings.chunkBytes(), classes);
    if (!room.hasSpace()) {
      incoming.fail(
          new SpoolException(SpoolException.Kind.NO_SPACE, "no space left for the spool"));
    }
    return incoming;
  }

  /**
   * Whether a message of {@code size} octets would leave the configured space free. For the answer
   * to MAIL; what counts is {@link Incoming#commit}.
   */
  public boolean hasSpace(long size) {
    return size > 0 ? room.hasSpace(size) : room.hasSpace();
  }

  CompletableFuture<Stored> insert(Stored stored, byte[] message) {
    int bytes = message.length;
    fresh.put(stored.key(), System.nanoTime());
    return writer
        .submit(
            bytes,
            sql -> {
              SpoolRows.insertMessage(sql, stored);
              sql.update(SpoolSql.INSERT_CHUNK, stored.key() * ROWS, message);
            })
        .thenApply(
            unused -> {
              cache.put(stored.key(), message);
              return stored;
            })
        .whenComplete((done, e) -> forgetFailed(stored.key(), e));
  }

  private void forgetFailed(long key, @Nullable Throwable e) {
    if (e != null) {
      fresh.remove(key);
    }
  }

  /**
   * Takes a message that was just committed, once: a queue run may see it on disk before whoever
   * committed it hands it to the scheduler, and only one of the two may deliver it.
   */
  boolean claim(long key) {
    return fresh.remove(key) != null;
  }

  /**
   * Whether a message on disk may be taken by a queue run: it is not fresh, or so old that nobody
   * will come for it any more.
   */
  boolean mayLoad(long key) {
    Long since = fresh.get(key);
    return since == null || (System.nanoTime() - since > FRESH_NANOS && fresh.remove(key) != null);
  }

  /** A file for content too long for memory; it belongs to {@code key}. */
  ContentFile beginFile(long key) {
    return files.begin(key);
  }

  /** Commits a message whose content is in its file, on disk already. */
  CompletableFuture<Stored> insertFiled(Stored stored, byte[] headerPrefix) {
    fresh.put(stored.key(), System.nanoTime());
    return writer
        .submit(
            headerPrefix.length,
            sql -> {
              if (headerPrefix.length > 0) {
                sql.update(SpoolSql.INSERT_CHUNK, stored.key() * ROWS, headerPrefix);
              }
              SpoolRows.insertMessage(sql, stored);
            })
        .thenApply(unused -> stored)
        .whenComplete((done, e) -> forgetFailed(stored.key(), e));
  }

  /** Removes the content of a message that is no longer one: rows in slices, then the file. */
  private void discard(long key) {
    boolean[] gone = new boolean[1];
    var unused =
        writer
            .submitStubborn(0, sql -> gone[0] = SettlementRows.removeSlice(sql, key))
            .thenRun(
                () -> {
                  if (gone[0]) {
                    files.remove(key);
                  } else {
                    discard(key);
                  }
                });
  }

  boolean hasRoomInMemory() {
    return pendingBytes() < settings.pendingBytes();
  }

  private long pendingBytes() {
    return writer.pendingBytes() + files.pendingBytes();
  }

  void whenReady(Incoming incoming, Runnable resume) {
    pauses.add(incoming, resume);
  }

  private void resumePaused() {
    if (!pauses.isEmpty() && pendingBytes() <= settings.pendingBytes() / 2) {
      pauses.resume();
    }
  }

  // Reading.

  /** The content of a stored message, read as it is consumed. Reading may block. */
  public InputStream content(Stored message) {
    byte[] cached = cache.get(message.key());
    return cached != null ? new ByteArrayInputStream(cached) : content(dir, readers, message);
  }

  /** The same, read from outside the server. */
  static InputStream content(Path dir, ReaderPool readers, Stored message) {
    long first = message.key() * ROWS;
    return new ContentStream(
        after ->
            readers.use(
                sql -> {
                  try (ResultSet rows = sql.query(SpoolSql.SELECT_CHUNK, after + 1, first + ROWS)) {
                    return rows.next()
                        ? new ContentStream.Chunk(rows.getLong(1), rows.getBytes(2))
                        : ContentStream.Chunk.END;
                  }
                }),
        first - 1,
        message.size(),
        rest -> ContentFiles.read(dir, message.key(), rest));
  }

  /** The message with this key, or empty if it is not in the spool. */
  public Optional<QueueEntry> entry(long key) throws IOException {
    return readers.use(sql -> SpoolRows.entry(sql, key));
  }

  /** The key of the message with this queue id. Reads the whole table. */
  public Optional<Long> find(String queueId) throws IOException {
    long key = readers.use(sql -> sql.number(SpoolSql.FIND_MESSAGE, -1, queueId));
    return key < 0 ? Optional.empty() : Optional.of(key);
  }

  /** Up to {@code limit} messages behind {@code key}, oldest first; begin with 0. */
  public List<QueueEntry> entriesAfter(long key, int limit) throws IOException {
    return readers.use(sql -> SpoolRows.entriesAfter(sql, key, limit));
  }

  /** Attempts that put recipients of this message off, oldest first; the last few of each. */
  public List<QueueEntry.Attempt> attempts(long key) throws IOException {
    return readers.use(sql -> SpoolRows.attempts(sql, key));
  }

  /** How much is waiting. Counts rows: not for every second. */
  public Size size() throws IOException {
    return readers.use(
        sql ->
            new Size(
                sql.number(SpoolSql.COUNT_MESSAGES, 0), sql.number(SpoolSql.COUNT_RECIPIENTS, 0)));
  }

  /** How much is waiting. */
  public record Size(long messages, long recipients) {}

  /** The lane behind {@code name} that has recipients, and its earliest due time. */
  Optional<LaneDue> nextLane(String name) throws IOException {
    return readers.use(
        sql -> {
          try (ResultSet rows = sql.query(SpoolSql.NEXT_LANE, name)) {
            return rows.next()
                ? Optional.of(new LaneDue(rows.getString(1), rows.getLong(2)))
                : Optional.empty();
          }
        });
  }

  record LaneDue(String lane, long due) {}

  /** Keys of messages with recipients of {@code lane} that are due, longest due first. */
  List<Long> dueInLane(String lane, long now, int limit) throws IOException {
    return readers.use(
        sql -> {
          List<Long> keys = new ArrayList<>();
          try (ResultSet rows = sql.query(SpoolSql.DUE_IN_LANE, lane, now, limit)) {
            while (rows.next()) {
              long key = rows.getLong(1) / ROWS;
              if (!keys.contains(key)) {
                keys.add(key);
              }
            }
          }
          return keys;
        });
  }

  // Changing.

  /** Writes what an attempt did; completes with the bounces that entered the spool with it. */
  CompletableFuture<List<Stored>> settle(Settlement settlement) {
    List<Stored> bounces = new ArrayList<>();
    int bytes = 0;
    for (Settlement.NewMessage m : settlement.bounces()) {
      bounces.add(
          new Stored(
              nextKey.getAndIncrement(),
              m.envelope(),
              m.content().length,
              m.kind(),
              Precedence.NORMAL));
      bytes += m.content().length;
    }
    bounces.forEach(bounce -> fresh.put(bounce.key(), System.nanoTime()));
    boolean filed = settlement.size() > settings.chunkBytes() && files.has(settlement.key());
    boolean slowly = !filed && SettlementRows.leavesSlowly(settlement, settings.chunkBytes());
    boolean[] gone = new boolean[1];
    return writer
        .submitStubborn(
            bytes,
            sql ->
                gone[0] =
                    SettlementRows.write(sql, settlement, bounces, settings.chunkBytes(), slowly))
        .thenApply(
            unused -> {
              if (gone[0]) {
                cache.remove(settlement.key());
                fresh.remove(settlement.key());
                if (slowly) {
                  discard(settlement.key());
                } else if (filed) {
                  files.remove(settlement.key());
                }
              }
              return bounces;
            });
  }

  /** Puts a message aside for {@code reason}; it is not tried and does not expire. */
  CompletionStage<@Nullable Void> hold(long key, String reason) {
    return writer.submit(
        0,
        sql -> {
          sql.update(SpoolSql.HOLD_MESSAGE, reason, key);
          sql.update(SpoolSql.SET_DUE, SpoolSql.HELD, key * ROWS, key * ROWS + ROWS);
        });
  }

  /** Lets a held message go on, due at {@code due}. */
  CompletionStage<@Nullable Void> release(long key, long due) {
    return writer.submit(
        0,
        sql -> {
          sql.update(SpoolSql.HOLD_MESSAGE, "", key);
          sql.update(SpoolSql.SET_DUE, due, key * ROWS, key * ROWS + ROWS);
        });
  }

  /** Removes a message without telling anybody. */
  CompletionStage<@Nullable Void> remove(long key) {
    cache.remove(key);
    fresh.remove(key);
    return writer
        .submitStubborn(
            0,
            sql -> {
              sql.update(SpoolSql.LEAVE_MESSAGE, key);
              sql.update(SpoolSql.DELETE_RECIPIENTS, key * ROWS, key * ROWS + ROWS);
              sql.update(
                  SpoolSql.FORGET_ATTEMPTS, key * ROWS, key * ROWS + ROWS, Integer.MAX_VALUE);
            })
        .thenRun(() -> discard(key));
  }

  /** Makes what waits for {@code lane} due at {@code due}, unless it is held. */
  CompletionStage<@Nullable Void> setLaneDue(String lane, long due) {
    return writer.submit(0, sql -> sql.update(SpoolSql.MAKE_LANE_DUE, due, lane, due));
  }

  /** Makes everything that is not held due at {@code due}, in slices. */
  CompletableFuture<@Nullable Void> setAllDue(long due) {
    return setDueFrom(0, due);
  }

  private CompletableFuture<@Nullable Void> setDueFrom(long row, long due) {
    long[] next = {-1};
    return writer
        .submit(
            0,
            sql -> {
              next[0] = sql.number(SpoolSql.NEXT_NOT_DUE, -1, row, due);
              if (next[0] >= 0) {
                sql.update(SpoolSql.MAKE_DUE, due, next[0], next[0] + DUE_AT_ONCE * ROWS, due);
              }
            })
        .thenCompose(
            unused ->
                next[0] < 0
                    ? CompletableFuture.completedFuture(null)
                    : setDueFrom(next[0] + DUE_AT_ONCE * ROWS, due));
  }

  /** What operators ask for, oldest first. */
  List<QueueRequests.Pending> requests() throws IOException {
    return readers.use(
        sql -> {
          List<QueueRequests.Pending> pending = new ArrayList<>();
          try (ResultSet rows = sql.query(SpoolSql.SELECT_REQUESTS)) {
            while (rows.next()) {
              pending.add(
                  new QueueRequests.Pending(
                      rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
          }
          return pending;
        });
  }

  void answer(long request, String answer) {
    var unused = writer.submit(0, sql -> sql.update(SpoolSql.ANSWER_REQUEST, answer, request));
  }

  void dropRequest(long request) {
    var unused = writer.submit(0, sql -> sql.update(SpoolSql.DELETE_REQUEST, request));
  }

  /** Completes when all work submitted before is done and handed back. */
  CompletableFuture<@Nullable Void> barrier() {
    return writer.submit(0, sql -> {});
  }

  /** Transactions that have been committed since the spool was opened. */
  public long transactions() {
    return writer.groups();
  }

  /** Finishes what was submitted and closes. Messages not committed until now are dropped. */
  @Override
  public void close() throws IOException {
    writer.close();
    callbacks.shutdown();
    try {
      files.close();
      readers.close();
    } catch (SQLException e) {
      throw SpoolException.of(e);
    } finally {
      file.close();
    }
  }
}
