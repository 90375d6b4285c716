package postern.queue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Contents too long for a row: one file each, named by the message's key, in a folder beside the
 * data base. A write-ahead log would write them twice.
 *
 * <p>A file is on disk, and its name in the folder is, before the row of its message is committed;
 * it is removed after that row is gone. So a file without a row belongs to nobody, and {@link
 * #sweep} removes it when the spool is opened. Safe for many threads.
 */
final class ContentFiles implements AutoCloseable {
  private static final String FOLDER = "content";
  private static final int THREADS = 4;
  private static final int READ_BUFFER = 64 << 10;
  private static final int MOST_AT_ONCE = 1 << 20;
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;
  private final FileChannel folderChannel;
  private final ThreadPoolExecutor threads;
  private final long maxBytes;
  private final BooleanSupplier hasSpace;
  private final Runnable afterWrite;
  private final int blockSize;
  private volatile boolean pastTheCache;

  /** Memory for writes past the cache that nobody uses now, one piece for each thread at most. */
  private final ConcurrentLinkedQueue<ByteBuffer> staging = new ConcurrentLinkedQueue<>();

  private final AtomicLong pendingBytes = new AtomicLong();
  private final AtomicLong bytes;
  private final Set<ContentFile> open = ConcurrentHashMap.newKeySet();

  private ContentFiles(
      Path folder,
      FileChannel folderChannel,
      int blockSize,
      long bytes,
      long maxBytes,
      BooleanSupplier hasSpace,
      Runnable afterWrite) {
    this.folder = folder;
    this.blockSize = blockSize;
    this.pastTheCache = Integer.bitCount(blockSize) == 1; // memory can begin with such blocks only
    this.folderChannel = folderChannel;
    this.bytes = new AtomicLong(bytes);
    this.maxBytes = maxBytes;
    this.hasSpace = hasSpace;
    this.afterWrite = afterWrite;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "spool-content");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Opens the folder in spool {@code dir}, making it if need be.
   *
   * @param maxBytes what all files together may hold, 0 for no limit
   * @param hasSpace whether the file system has space for more
   * @param afterWrite run when {@link #pendingBytes} has fallen
   */
  static ContentFiles open(Path dir, long maxBytes, BooleanSupplier hasSpace, Runnable afterWrite)
      throws IOException {
    Path folder = dir.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(folder, PRIVATE);
      try (FileChannel parent = FileChannel.open(dir, StandardOpenOption.READ)) {
        parent.force(true);
      }
    }
    long bytes = 0;
    if (maxBytes > 0) {
      for (Path file : list(folder)) {
        bytes += Files.size(file);
      }
    }
    FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ);
    int blockSize = (int) Math.min(MOST_AT_ONCE, Files.getFileStore(folder).getBlockSize());
    return new ContentFiles(folder, channel, blockSize, bytes, maxBytes, hasSpace, afterWrite);
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(files::add);
    }
    return files;
  }

  /** Tells whether a message is in the data base. */
  interface Named {
    boolean isNamed(long key) throws SQLException;
  }

  /** Removes the files in spool {@code dir} that no row names; what has other names stays. */
  static void sweep(Path dir, Named rows) throws IOException, SQLException {
    Path folder = dir.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        long key = key(String.valueOf(file.getFileName()));
        if (key >= 0 && !rows.isNamed(key)) {
          Files.delete(file);
        }
      }
    }
  }

  private static long key(String name) {
    try {
      return name.matches("[0-9]+") ? Long.parseLong(name) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static Path file(Path folder, long key) {
    return folder.resolve(Long.toString(key));
  }

  /** Begins the file of message {@code key}. */
  ContentFile begin(long key) {
    ContentFile file = new ContentFile(this, file(folder, key));
    open.add(file);
    return file;
  }

  boolean has(long key) {
    return Files.exists(file(folder, key));
  }

  /**
   * The file of message {@code key} in spool {@code dir}.
   *
   * @param size octets it must have
   * @throws SpoolException if it is not there, or not as long
   */
  static InputStream read(Path dir, long key, long size) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file(dir.resolve(FOLDER), key), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new SpoolException(SpoolException.Kind.GONE, "content is no longer in the spool");
    }
    long found = channel.size();
    if (found != size) {
      channel.close();
      throw new SpoolException(
          SpoolException.Kind.FAULT,
          "content of message " + key + " has " + found + " octets, not " + size);
    }
    return new BufferedInputStream(Channels.newInputStream(channel), READ_BUFFER);
  }

  /** Removes the file of message {@code key}, if it has one; soon, on a thread of its own. */
  void remove(long key) {
    Path file = file(folder, key);
    try {
      threads.execute(() -> unlink(file));
    } catch (RejectedExecutionException e) {
      unlink(file); // the spool is being closed
    }
  }

  void unlink(Path file) {
    try {
      long size = maxBytes > 0 && Files.exists(file) ? Files.size(file) : 0;
      if (Files.deleteIfExists(file)) {
        bytes.addAndGet(-size);
      }
    } catch (IOException e) {
      // Nobody misses it; the next start sweeps it away.
    }
  }

  // For the files that are being written.

  ThreadPoolExecutor threads() {
    return threads;
  }

  /** Content that waits for being written. */
  long pendingBytes() {
    return pendingBytes.get();
  }

  void pending(long change) {
    pendingBytes.addAndGet(change);
    if (change < 0) {
      afterWrite.run();
    }
  }

  /**
   * Counts octets about to be written.
   *
   * @throws SpoolException if there is no space for them
   */
  void take(int count) throws SpoolException {
    if (!hasSpace.getAsBoolean() || (maxBytes > 0 && bytes.get() + count > maxBytes)) {
      throw new SpoolException(SpoolException.Kind.NO_SPACE, "no space left for the spool");
    }
    bytes.addAndGet(maxBytes > 0 ? count : 0);
  }

  /**
   * Memory for a write past the cache, with room for as many whole blocks of {@code count} octets
   * as it takes; null if there can be no such write at {@code position}. To be {@linkplain
   * #giveBack given back}.
   */
  @Nullable ByteBuffer staging(long position, int count) {
    int blocks = Math.min(count, MOST_AT_ONCE) / blockSize * blockSize;
    if (!pastTheCache || blocks == 0 || position % blockSize != 0) {
      return null;
    }
    ByteBuffer memory = staging.poll();
    if (memory == null || memory.capacity() < blocks) {
      memory = ByteBuffer.allocateDirect(blocks + blockSize).alignedSlice(blockSize);
    }
    return memory.clear().limit(blocks);
  }

  void giveBack(ByteBuffer memory) {
    staging.add(memory);
  }

  /** The file system takes no writes past the cache. */
  void onlyThroughTheCache() {
    pastTheCache = false;
  }

  /** Makes the names in the folder durable. */
  void syncFolder() throws IOException {
    folderChannel.force(true);
  }

  SpoolException trouble(IOException e) {
    if (e instanceof SpoolException known) {
      return known;
    }
    String said = String.valueOf(e.getMessage());
    boolean full = said.contains("No space left") || said.contains("quota exceeded");
    return full || !hasSpace.getAsBoolean()
        ? SpoolException.of(SpoolException.Kind.NO_SPACE, "no space left for the spool", e)
        : SpoolException.of(SpoolException.Kind.FAULT, "spool content: " + said, e);
  }

  void closed(ContentFile file) {
    open.remove(file);
  }

  /** Closes files half written as they are; the next start sweeps them away. */
  @Override
  public void close() throws IOException {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (ContentFile file : List.copyOf(open)) {
      file.closeQuietly();
    }
    folderChannel.close();
  }
}
