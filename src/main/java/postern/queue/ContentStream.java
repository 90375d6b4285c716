package postern.queue;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Content read back: its rows one at a time, then its file if it has one. For one thread. */
final class ContentStream extends InputStream {

  /** Where chunks come from. */
  interface Source {
    /** The first chunk behind row {@code after}, or {@link Chunk#END}. */
    Chunk next(long after) throws IOException;
  }

  /** A row of content. */
  static final class Chunk {
    static final Chunk END = new Chunk(0, new byte[0]);

    private final long row;
    private final byte[] data;

    Chunk(long row, byte[] data) {
      this.row = row;
      this.data = data;
    }
  }

  /** Opens the file that holds what is not in rows. */
  interface Rest {
    /** Opens it; it must have {@code size} octets. */
    InputStream open(long size) throws IOException;
  }

  private final Source source;
  private final Rest rest;
  private Chunk chunk;
  private @Nullable InputStream file;
  private long missing;
  private int at;
  private boolean ended;

  /**
   * @param before the row in front of the first
   * @param size octets that must come; an early end is an error, never a shorter message
   */
  ContentStream(Source source, long before, long size, Rest rest) {
    this.source = source;
    this.rest = rest;
    this.chunk = new Chunk(before, new byte[0]);
    this.missing = size;
  }

  /** Whether something is left to read: in the chunk or, if there is one, in the file. */
  private boolean fill() throws IOException {
    while (!ended && file == null && at == chunk.data.length) {
      Chunk next = source.next(chunk.row);
      if (next != Chunk.END) {
        chunk = next;
        at = 0;
        missing -= next.data.length;
      } else if (missing > 0) {
        file = rest.open(missing);
      } else if (missing < 0) {
        throw new SpoolException(SpoolException.Kind.FAULT, "content is longer than it was");
      } else {
        ended = true;
      }
    }
    return !ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    if (file != null) {
      return fromFile(file, target, offset, length);
    }
    int n = Math.min(length, chunk.data.length - at);
    System.arraycopy(chunk.data, at, target, offset, n);
    at += n;
    return n;
  }

  private int fromFile(InputStream from, byte[] target, int offset, int length) throws IOException {
    if (missing == 0) {
      return -1;
    }
    int n = from.read(target, offset, (int) Math.min(length, missing));
    if (n < 0) {
      throw new SpoolException(SpoolException.Kind.FAULT, "content is shorter than it was");
    }
    missing -= n;
    return n;
  }

  @Override
  public int available() throws IOException {
    return file == null
        ? chunk.data.length - at
        : (int) Math.min(file.available(), Math.max(0, missing));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
