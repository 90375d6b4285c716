package postern.queue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much space the file system of a spool has. Safe for many threads. */
final class SpoolRoom {
  private static final long CHECK_NANOS = 500_000_000;

  private final FileStore store;
  private final long minFreeBytes;
  private volatile long checked = System.nanoTime() - CHECK_NANOS;
  private volatile boolean low;

  /** For a file system on which {@code minFreeBytes} have to stay free. */
  SpoolRoom(Path dir, long minFreeBytes) throws IOException {
    this.store = Files.getFileStore(dir);
    this.minFreeBytes = minFreeBytes;
  }

  /** Whether {@code size} octets more would leave enough free. */
  boolean hasSpace(long size) {
    try {
      return store.getUsableSpace() - size >= minFreeBytes;
    } catch (IOException e) {
      return true; // unknown: the write itself will tell
    }
  }

  /** Whether enough is free, as of half a second ago at most. */
  boolean hasSpace() {
    long now = System.nanoTime();
    if (now - checked >= CHECK_NANOS) {
      low = !hasSpace(0);
      checked = now;
    }
    return !low;
  }
}
