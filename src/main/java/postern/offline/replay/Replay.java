package postern.offline.replay;

import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import postern.offline.RecordException;
import postern.offline.log.LogCounts;
import postern.offline.log.LogInput;
import postern.offline.log.LogReader;
import postern.offline.session.RecordedSession;

/**
 * Reads logs on one thread and puts the sessions to a consumer on another, the caller's. Bounded: a
 * reader that is ahead waits.
 */
public final class Replay {
  private static final int BATCH = 512;
  private static final int WAITING = 8;
  private static final int PATIENCE_MILLIS = 1000;

  private final List<LogInput> inputs;
  private final ZoneId zone;
  private final ArrayBlockingQueue<Batch> queue = new ArrayBlockingQueue<>(WAITING);
  private final LogReader reader;
  private Batch batch = new Batch();
  private Function<RecordedSession, ?> preparation = session -> "";
  private volatile boolean stopped;
  private volatile @Nullable Exception failure;

  /**
   * A replay.
   *
   * @param zone where time stamps without an offset come from
   */
  public Replay(List<LogInput> inputs, ZoneId zone) {
    this.inputs = List.copyOf(inputs);
    this.zone = zone;
    reader = new LogReader(this.zone, this::pass, () -> stopped);
  }

  /** How far reading is. */
  public LogCounts counts() {
    return reader.counts();
  }

  /** Bytes of all logs as they lie there; 0 if that is not known. */
  public long size() {
    long sum = 0;
    for (LogInput input : inputs) {
      if (input.size() == 0 && input.file() == null) {
        return 0;
      }
      sum += input.size();
    }
    return sum;
  }

  /** Ends early: what was read so far counts. May be called by any thread. */
  public void stop() {
    stopped = true;
  }

  /** Whether it ended early. */
  public boolean isStopped() {
    return stopped;
  }

  /** Sessions, and what the reading thread made of each. */
  private static final class Batch {
    final List<RecordedSession> sessions = new ArrayList<>(BATCH);
    final List<Object> prepared = new ArrayList<>(BATCH);
  }

  /**
   * Reads everything. Logs that cannot be read to their end are in {@link LogCounts#broken}.
   *
   * @param taker takes the sessions on this thread
   */
  public void run(Consumer<RecordedSession> taker) throws RecordException, InterruptedException {
    run(session -> "", (session, nothing) -> taker.accept(session));
  }

  /**
   * Reads everything.
   *
   * @param prepare done to each session on the reading thread, which has less to do than this one
   * @param taker takes the sessions, and what was made of each, on this thread
   */
  @SuppressWarnings("unchecked") // what prepare made
  public <T> void run(Function<RecordedSession, T> prepare, BiConsumer<RecordedSession, T> taker)
      throws RecordException, InterruptedException {
    preparation = prepare;
    Thread thread = new Thread(this::read, "log reader");
    thread.setDaemon(true);
    thread.start();
    while (true) {
      Batch next = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (next == null) {
        if (stopped) {
          return; // the reader waits for a pipe that says nothing
        }
        continue;
      }
      if (next.sessions.isEmpty()) {
        break;
      }
      for (int i = 0; i < next.sessions.size(); i++) {
        taker.accept(next.sessions.get(i), (T) next.prepared.get(i));
      }
    }
    thread.join();
    Exception broken = failure;
    if (broken instanceof RecordException e) {
      throw e;
    }
    if (broken instanceof RuntimeException e) {
      throw e;
    }
  }

  private void read() {
    try {
      for (LogInput input : inputs) {
        if (!stopped) {
          read(input);
        }
      }
      reader.finish();
      flush();
    } catch (RecordException | RuntimeException e) {
      failure = e;
      flush();
    } finally {
      put(new Batch());
    }
  }

  /** A log that breaks off does not keep the others from being read. */
  private void read(LogInput input) throws RecordException {
    try {
      reader.read(input);
    } catch (IOException e) {
      String words = e.getMessage();
      counts().addBroken(words == null ? input.name() : words);
    }
  }

  private void pass(RecordedSession session) {
    batch.sessions.add(session);
    batch.prepared.add(preparation.apply(session));
    if (batch.sessions.size() == BATCH) {
      flush();
    }
  }

  private void flush() {
    if (!batch.sessions.isEmpty()) {
      put(batch);
      batch = new Batch();
    }
  }

  private void put(Batch sessions) {
    try {
      while (!queue.offer(sessions, 1, TimeUnit.SECONDS)) {
        // whoever takes them is slower; that is all right
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
