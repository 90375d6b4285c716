package postern.queue;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It takes all work that is waiting, applies it in one transaction and
 * commits once: the price of a durable commit is shared by everybody who waited for it.
 *
 * <p>Results are handed over on a thread of their own, so that what a sender does with the good
 * news never delays the next group.
 */
final class GroupWriter implements AutoCloseable {

  /** A piece of a transaction. May run more than once if a group has to be repeated. */
  @FunctionalInterface
  interface Work {
    void apply(Statements sql) throws SQLException;
  }

  private static final int MOST_IN_A_GROUP = 512;
  private static final long STUBBORN_PAUSE_MILLIS = 200;
  private static final long LONGEST_WAIT_NANOS = 500_000;
  private static final long WAIT_STEP_NANOS = 20_000;

  private static final class Entry {
    final Work work;
    final int bytes;
    final boolean stubborn;
    final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    @Nullable SpoolException failure;

    Entry(Work work, int bytes, boolean stubborn) {
      this.work = work;
      this.bytes = bytes;
      this.stubborn = stubborn;
    }
  }

  private final Statements sql;
  private final int groupBytes;
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final AtomicLong groups = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean ended;
  private final Executor callbacks;
  private final Runnable afterGroup;
  private final Thread thread;

  /** Senders that were waiting or served when the last group was done. Writer thread only. */
  private int senders;

  /** What a commit takes, on average. Writer thread only. */
  private long commitNanos;

  private final Entry last = new Entry(unused -> {}, 0, false);

  /**
   * @param afterGroup run on the callback thread after each group, when pending bytes have fallen
   */
  GroupWriter(Statements sql, int groupBytes, Executor callbacks, Runnable afterGroup) {
    this.sql = sql;
    this.groupBytes = groupBytes;
    this.callbacks = callbacks;
    this.afterGroup = afterGroup;
    this.thread = new Thread(this::run, "spool-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Adds work to the next group.
   *
   * @param bytes content it carries, for the group's size and for back-pressure
   * @return completes when the work is durable; fails with {@link SpoolException}
   */
  CompletableFuture<@Nullable Void> submit(int bytes, Work work) {
    return submit(new Entry(work, bytes, false));
  }

  /**
   * Adds work that must not be given up for lack of space: what records a delivery. It is repeated
   * until it succeeds or the spool is closed.
   */
  CompletableFuture<@Nullable Void> submitStubborn(int bytes, Work work) {
    return submit(new Entry(work, bytes, true));
  }

  private CompletableFuture<@Nullable Void> submit(Entry entry) {
    pendingBytes.addAndGet(entry.bytes);
    waiting.add(entry);
    // The thread sets ended before it looks for leftovers: one of the two finds the entry.
    if (ended && waiting.remove(entry)) {
      pendingBytes.addAndGet(-entry.bytes);
      entry.done.completeExceptionally(
          new SpoolException(SpoolException.Kind.CLOSED, "the spool is closed"));
    }
    return entry.done;
  }

  long pendingBytes() {
    return pendingBytes.get();
  }

  /** Transactions committed so far. */
  long groups() {
    return groups.get();
  }

  private void run() {
    List<Entry> group = new ArrayList<>();
    List<Entry> again = new ArrayList<>();
    boolean go = true;
    while (go) {
      try {
        go = gather(group, again);
      } catch (InterruptedException e) {
        go = false; // nobody interrupts this thread but a stopping process
      }
      if (!group.isEmpty()) {
        commit(group);
        finish(group, again);
      }
    }
    ended = true;
    group.addAll(again);
    waiting.drainTo(group);
    SpoolException reason = new SpoolException(SpoolException.Kind.CLOSED, "the spool is closed");
    for (Entry entry : group) {
      entry.failure = entry.failure == null ? reason : entry.failure;
    }
    again.clear();
    finish(group, null);
  }

  /** Fills {@code group} with what is waiting; false when the last group has been gathered. */
  private boolean gather(List<Entry> group, List<Entry> again) throws InterruptedException {
    Entry first =
        again.isEmpty()
            ? waiting.take()
            : waiting.poll(STUBBORN_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    group.addAll(again);
    again.clear();
    if (first != null && first != last) {
      waitForCompany();
    }
    long bytes = 0;
    Entry entry = first;
    while (entry != null) {
      if (entry == last) {
        return false;
      }
      group.add(entry);
      bytes += entry.bytes;
      if (bytes >= groupBytes || group.size() >= MOST_IN_A_GROUP) {
        break;
      }
      entry = waiting.poll();
    }
    return true;
  }

  /**
   * Senders that were released together come back together, but not at the same instant. If several
   * are about, it pays to wait a fraction of what a commit takes until they are all here: otherwise
   * two halves take turns and each commit serves half as many. A lone sender never waits.
   */
  private void waitForCompany() {
    int missing = senders - 1;
    long patience = Math.min(LONGEST_WAIT_NANOS, commitNanos / 3);
    long end = System.nanoTime() + patience;
    while (waiting.size() < missing && System.nanoTime() < end) {
      LockSupport.parkNanos(WAIT_STEP_NANOS);
    }
  }

  private void commit(List<Entry> group) {
    long start = System.nanoTime();
    int size = group.size();
    commitGroup(group);
    commitNanos = (7 * commitNanos + System.nanoTime() - start) / 8;
    senders = size + waiting.size();
  }

  private void commitGroup(List<Entry> group) {
    try {
      transaction(group);
    } catch (SQLException e) {
      if (group.size() == 1) {
        group.get(0).failure = SpoolException.of(e);
        return;
      }
      // One of them is at fault, or there is no room for all: each gets its own verdict.
      for (Entry entry : group) {
        try {
          transaction(List.of(entry));
        } catch (SQLException own) {
          entry.failure = SpoolException.of(own);
        }
      }
    }
  }

  private void transaction(List<Entry> group) throws SQLException {
    try {
      sql.begin();
      for (Entry entry : group) {
        entry.work.apply(sql);
      }
      sql.commit();
      groups.incrementAndGet();
    } catch (SQLException e) {
      rollBack(e);
      throw e;
    } catch (RuntimeException e) {
      // A mistake in one piece of work must not end the only thread that writes.
      SQLException wrapped = new SQLException("work failed: " + e, e);
      rollBack(wrapped);
      throw wrapped;
    }
  }

  private void rollBack(SQLException e) {
    try {
      sql.rollBack();
    } catch (SQLException rollback) {
      e.addSuppressed(rollback); // SQLite has already rolled back when the disk is full
    }
  }

  private void finish(List<Entry> group, @Nullable List<Entry> again) {
    List<Entry> done = new ArrayList<>(group.size());
    long bytes = 0;
    for (Entry entry : group) {
      SpoolException failure = entry.failure;
      boolean repeat =
          again != null
              && entry.stubborn
              && failure != null
              && failure.kind() == SpoolException.Kind.NO_SPACE;
      if (repeat && again != null) {
        entry.failure = null;
        again.add(entry);
      } else {
        done.add(entry);
        bytes += entry.bytes;
      }
    }
    group.clear();
    pendingBytes.addAndGet(-bytes);
    callbacks.execute(
        () -> {
          for (Entry entry : done) {
            if (entry.failure == null) {
              entry.done.complete(null);
            } else {
              entry.done.completeExceptionally(entry.failure);
            }
          }
          afterGroup.run();
        });
  }

  /** Finishes all work that was submitted before, then stops. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      waiting.add(last);
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
