package postern.queue;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import postern.smtp.Envelope;

/**
 * A message on its way into the spool. Used by one thread at a time; nothing blocks.
 *
 * <p>Content up to one chunk stays in memory and goes to disk with its envelope in one transaction.
 * Longer content is written to a file, chunk by chunk as it comes; until {@link #commit} succeeds
 * it is no message, and a crash makes it disappear.
 */
public final class Incoming {
  private static final int FIRST_BUFFER = 4096;
  private static final int MOST_IN_FLIGHT = 2;

  private final Spool spool;
  private final long key;
  private final int chunkBytes;
  private final Map<String, Integer> classes;
  private final AtomicInteger inFlight = new AtomicInteger();

  private byte[] buffer = new byte[0];
  private int used;
  private long size;
  private boolean finished;
  private @Nullable Precedence precedence;
  private @Nullable ContentFile file;
  private volatile @Nullable SpoolException failure;

  Incoming(Spool spool, long key, int chunkBytes, Map<String, Integer> classes) {
    this.spool = spool;
    this.key = key;
    this.chunkBytes = chunkBytes;
    this.classes = classes;
  }

  /**
   * Adds content.
   *
   * @return false if the sender should pause until {@link #whenReady} calls back; what was given is
   *     taken in any case
   */
  public boolean append(byte[] data, int offset, int length) {
    open();
    size += length;
    int at = offset;
    int left = length;
    while (left > 0 && failure == null) {
      int n = Math.min(left, chunkBytes - used);
      reserve(used + n);
      System.arraycopy(data, at, buffer, used, n);
      used += n;
      at += n;
      left -= n;
      if (used == chunkBytes) {
        flush();
      }
    }
    return ready();
  }

  /** {@code class=}: asked when the header has come, and not after {@link #abort}. */
  public int messageClass() {
    return precedence().messageClass();
  }

  private Precedence precedence() {
    Precedence known = precedence;
    if (known == null) {
      known = Precedence.of(buffer, used, classes);
      precedence = known;
    }
    return known;
  }

  /** Octets of content so far. */
  public long size() {
    return size;
  }

  /**
   * Why the message cannot be stored, as soon as that is known, else null. Content given after that
   * is ignored and {@link #commit} fails.
   */
  public @Nullable SpoolException failure() {
    return failure;
  }

  /** Calls {@code resume} once, as soon as more content may be given; perhaps at once. */
  public void whenReady(Runnable resume) {
    spool.whenReady(this, resume);
  }

  boolean ready() {
    return failure != null || (inFlight.get() < MOST_IN_FLIGHT && spool.hasRoomInMemory());
  }

  /**
   * Makes the message durable.
   *
   * @param headerPrefix header fields that go in front of the content ({@code Received:} and those
   *     that were missing), line ends included; may be empty
   * @return completes on a thread of the spool when the message is on disk; fails with {@link
   *     SpoolException}, and then nothing of the message is kept
   */
  public CompletionStage<Stored> commit(Envelope envelope, byte[] headerPrefix) {
    return commit(envelope, headerPrefix, Stored.Kind.MAIL);
  }

  CompletableFuture<Stored> commit(Envelope envelope, byte[] headerPrefix, Stored.Kind kind) {
    open();
    finished = true;
    ContentFile to = file;
    Precedence of = precedence();
    Stored stored = new Stored(key, envelope, size + headerPrefix.length, kind, of);
    if (to == null) {
      SpoolException known = failure;
      if (known != null) {
        return CompletableFuture.failedFuture(known);
      }
      byte[] message = Arrays.copyOf(headerPrefix, headerPrefix.length + used);
      System.arraycopy(buffer, 0, message, headerPrefix.length, used);
      buffer = new byte[0];
      return spool.insert(stored, message);
    }
    if (used > 0 && failure == null) {
      flush();
    }
    return to.finish()
        .thenCompose(unused -> spool.insertFiled(stored, headerPrefix))
        .whenComplete(
            (done, e) -> {
              if (e != null) {
                to.drop();
              }
            })
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(cause(e)));
  }

  /** Forgets the message. */
  public void abort() {
    if (finished) {
      return;
    }
    finished = true;
    buffer = new byte[0];
    if (file != null) {
      file.drop();
    }
  }

  private void open() {
    if (finished) {
      throw new IllegalStateException("message " + key + " is committed or aborted");
    }
  }

  private void reserve(int needed) {
    if (needed > buffer.length) {
      int grown =
          file == null ? Math.max(FIRST_BUFFER, Math.max(needed, buffer.length * 2)) : chunkBytes;
      buffer = Arrays.copyOf(buffer, Math.min(chunkBytes, grown));
    }
  }

  private void flush() {
    ContentFile to = file;
    if (to == null) {
      precedence();
      to = spool.beginFile(key);
      file = to;
    }
    byte[] data = used == buffer.length ? buffer : Arrays.copyOf(buffer, used);
    buffer = new byte[0];
    used = 0;
    inFlight.incrementAndGet();
    to.write(
        data,
        e -> {
          inFlight.decrementAndGet();
          if (e != null) {
            failure = e;
          }
        });
  }

  void fail(SpoolException why) {
    failure = why;
  }

  private static Throwable cause(Throwable e) {
    return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
  }
}
