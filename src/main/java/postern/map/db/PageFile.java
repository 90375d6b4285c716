package postern.map.db;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a Berkeley DB file. The last pages read are kept, a few megabytes at most. The file
 * is read, not mapped: one that is cut short under our hands must be an error, not a crash.
 */
final class PageFile implements Closeable {
  private static final int CACHE_BYTES = 4 << 20;
  private static final int MOST_CACHED = 1024;

  private final Path file;
  private final FileChannel channel;
  private final @Nullable Object identity;
  private final FileTime written;
  private final long length;
  private final boolean bigEndian;
  private final int pageSize;
  private final int lastPage;
  private final AtomicReferenceArray<@Nullable Page> cache;

  PageFile(Path file, FileChannel channel, boolean bigEndian, int pageSize, int lastPage)
      throws IOException {
    this.file = file;
    this.channel = channel;
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    identity = attributes.fileKey();
    written = attributes.lastModifiedTime();
    this.bigEndian = bigEndian;
    this.pageSize = pageSize;
    this.lastPage = lastPage;
    length = channel.size();
    cache = new AtomicReferenceArray<>(Math.min(MOST_CACHED, CACHE_BYTES / pageSize));
  }

  static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  int pageSize() {
    return pageSize;
  }

  int lastPage() {
    return lastPage;
  }

  /** Notices a file that has become shorter or longer since it was opened. */
  void checkUnchanged() throws IOException {
    if (channel.size() != length) {
      throw new BadDatabaseException("the file is being written");
    }
  }

  /**
   * Notices a file that is written in place, as sendmail's makemap does: its pages may be of the
   * old or of the new content, or blank. A file that another one has taken the place of is whole.
   */
  private void checkNotRewritten() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (Objects.equals(now.fileKey(), identity) && !now.lastModifiedTime().equals(written)) {
        throw new BadDatabaseException("the file is being written");
      }
    } catch (NoSuchFileException e) {
      // removed: what is open stays as it is
    }
  }

  /** The page {@code number}, read unless it is known. */
  Page page(int number) throws IOException {
    // A page number is unsigned; as a signed one it may be negative, which is beyond the end.
    if (number < 1 || number > lastPage) {
      throw new BadDatabaseException(
          "damaged: page "
              + Integer.toUnsignedString(number)
              + " is asked for, and the last one is "
              + lastPage);
    }
    int slot = number % cache.length();
    Page known = cache.get(slot);
    if (known != null && known.number() == number) {
      return known;
    }
    byte[] data = new byte[pageSize];
    readFully(channel, data, (long) number * pageSize);
    Page page = new Page(data, bigEndian, number);
    // A page of a hash may have been set aside and never written: all zero, and empty.
    if (page.i32(8) != number && !(page.i32(8) == 0 && page.isBlank())) {
      throw page.damaged("it says that it is page " + Integer.toUnsignedString(page.i32(8)));
    }
    checkNotRewritten();
    cache.set(slot, page);
    return page;
  }

  static void readFully(FileChannel channel, byte[] data, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(data);
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, position + buffer.position());
      if (n < 0) {
        throw new BadDatabaseException("damaged: the file ends too early");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
