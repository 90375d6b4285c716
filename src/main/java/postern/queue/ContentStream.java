package postern.queue;

import java.io.IOException;
import java.io.InputStream;

/** Content read back chunk by chunk: one chunk in memory at a time. For one thread. */
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

  private final Source source;
  private Chunk chunk;
  private long missing;
  private int at;
  private boolean ended;

  /**
   * @param before the row in front of the first
   * @param size octets that must come; an early end is an error, never a shorter message
   */
  ContentStream(Source source, long before, long size) {
    this.source = source;
    this.chunk = new Chunk(before, new byte[0]);
    this.missing = size;
  }

  private boolean fill() throws IOException {
    while (!ended && at == chunk.data.length) {
      Chunk next = source.next(chunk.row);
      ended = next == Chunk.END;
      if (!ended) {
        chunk = next;
        at = 0;
        missing -= next.data.length;
      } else if (missing != 0) {
        throw new SpoolException(SpoolException.Kind.GONE, "content is no longer in the spool");
      }
    }
    return !ended;
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk.data[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, chunk.data.length - at);
    System.arraycopy(chunk.data, at, target, offset, n);
    at += n;
    return n;
  }

  @Override
  public int available() {
    return chunk.data.length - at;
  }
}
