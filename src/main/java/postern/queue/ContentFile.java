package postern.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A content file that is being written. Used by one thread at a time, which never blocks: the work
 * is done, in order, on the threads of {@link ContentFiles}.
 *
 * <p>Whole blocks go past the kernel's cache where the file system allows it: a queue that fills
 * would take a page of memory for each block, and copying into fresh pages costs more than all else
 * that is done with a long message. The rest at the end goes the usual way.
 */
final class ContentFile {
  private static final Set<OpenOption> HOW =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  // The JDK's own name for O_DIRECT; nothing portable stands for it.
  @SuppressWarnings("sunapi")
  private static final OpenOption DIRECT = com.sun.nio.file.ExtendedOpenOption.DIRECT;

  private static final Set<OpenOption> PAST_THE_CACHE =
      Set.of(
          StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS, DIRECT);
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final ContentFiles files;
  private final Path path;
  private CompletableFuture<@Nullable Void> tail = CompletableFuture.completedFuture(null);

  // Set by the first write that needs it; used by one write at a time.
  private volatile @Nullable FileChannel channel;
  private volatile @Nullable FileChannel pastTheCache;

  /** Octets written. */
  private volatile long length;

  ContentFile(ContentFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** A step of the work. */
  private interface Step {
    void run() throws IOException;
  }

  private CompletableFuture<@Nullable Void> then(Step step) {
    tail =
        tail.thenRunAsync(
            () -> {
              try {
                step.run();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            files.threads());
    return tail.exceptionallyCompose(e -> CompletableFuture.failedFuture(reason(e)));
  }

  private SpoolException reason(Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    if (cause instanceof SpoolException known) {
      return known;
    }
    if (cause instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return files.trouble(unchecked.getCause());
    }
    if (cause instanceof RejectedExecutionException) {
      return new SpoolException(SpoolException.Kind.CLOSED, "the spool is closed");
    }
    return new SpoolException(SpoolException.Kind.FAULT, "spool content: " + cause);
  }

  /**
   * Adds {@code data}, which the caller no longer touches.
   *
   * @param done called when it is written, not necessarily on disk, or with the reason why not;
   *     nothing after it is written then
   */
  void write(byte[] data, Consumer<@Nullable SpoolException> done) {
    files.pending(data.length);
    var unused =
        then(() -> writeNow(data))
            .whenComplete(
                (written, e) -> {
                  done.accept(e == null ? null : reason(e));
                  files.pending(-data.length);
                });
  }

  private void writeNow(byte[] data) throws IOException {
    files.take(data.length);
    long at = length;
    int blocks = writeBlocks(data, at);
    if (blocks < data.length) {
      FileChannel to = channel;
      if (to == null) {
        to = FileChannel.open(path, HOW, PRIVATE);
        channel = to;
      }
      writeAll(to, ByteBuffer.wrap(data, blocks, data.length - blocks), at + blocks);
    }
    length = at + data.length;
  }

  /** Writes whole blocks past the cache, if that is possible; returns their octets. */
  private int writeBlocks(byte[] data, long at) throws IOException {
    ByteBuffer staging = files.staging(at, data.length);
    if (staging == null) {
      return 0;
    }
    int octets = staging.remaining();
    staging.put(data, 0, octets).flip();
    try {
      FileChannel to = pastTheCache;
      if (to == null) {
        to = FileChannel.open(path, PAST_THE_CACHE, PRIVATE);
        pastTheCache = to;
      }
      writeAll(to, staging, at);
      return octets;
    } catch (IOException | UnsupportedOperationException e) {
      if (at > 0 || !refusesDirect(e)) {
        throw e;
      }
      files.onlyThroughTheCache();
      return 0;
    } finally {
      files.giveBack(staging);
    }
  }

  /** Whether the file system takes no such writes at all (EINVAL, open(2)), as some do not. */
  private static boolean refusesDirect(Exception e) {
    return e instanceof UnsupportedOperationException
        || String.valueOf(e.getMessage()).contains("Invalid argument");
  }

  private static void writeAll(FileChannel to, ByteBuffer data, long at) throws IOException {
    long end = at + data.remaining();
    while (data.hasRemaining()) {
      to.write(data, end - data.remaining());
    }
  }

  /** Brings content and name to disk and closes the file. */
  CompletableFuture<@Nullable Void> finish() {
    return then(
        () -> {
          FileChannel to = channel != null ? channel : pastTheCache;
          if (to != null) {
            to.force(false); // the length is part of what is needed to read it back
          }
          close(channel);
          close(pastTheCache);
          files.syncFolder();
          files.closed(this);
        });
  }

  /** Removes the file when the work under way is done, whatever became of it. */
  void drop() {
    var unused =
        tail.handleAsync(
            (done, e) -> {
              closeQuietly();
              files.unlink(path);
              return null;
            },
            files.threads());
  }

  void closeQuietly() {
    files.closed(this);
    try {
      close(channel);
      close(pastTheCache);
    } catch (IOException e) {
      // it is given up anyway
    }
  }

  private static void close(@Nullable FileChannel channel) throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
