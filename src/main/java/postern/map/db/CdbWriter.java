package postern.map.db;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Writes a cdb file from front to back: room for the header, the records, the tables, and last the
 * header. The file is complete when {@link #finish} returns. Keys may come more than once; the
 * first one is what a look-up finds.
 */
public final class CdbWriter implements Closeable {
  private static final long MAX_LENGTH = 0xffffffffL;

  private final FileChannel channel;
  private final BufferedOutputStream out;
  private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private long position = CdbFile.HEADER;
  private int[] hashes = new int[1024];
  private int[] positions = new int[1024];
  private int count;

  /**
   * Begins.
   *
   * @param channel an empty file, open for writing; closed with this writer
   */
  public CdbWriter(FileChannel channel) throws IOException {
    this.channel = channel;
    channel.position(CdbFile.HEADER);
    out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Adds an entry. */
  public void add(byte[] key, byte[] value) throws IOException {
    if (position + 8 + key.length + value.length > MAX_LENGTH) {
      throw new IOException("a cdb file cannot be longer than 4 GiB");
    }
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
    }
    hashes[count] = CdbFile.hash(key, 0, key.length);
    positions[count] = (int) position;
    count++;
    pair(key.length, value.length);
    out.write(key);
    out.write(value);
    position += 8L + key.length + value.length;
  }

  private void pair(int a, int b) throws IOException {
    out.write(number.clear().putInt(a).putInt(b).array(), 0, 8);
  }

  /** Writes the tables and the header, and forces all to the disk. */
  public void finish() throws IOException {
    int[] sizes = new int[CdbFile.TABLES];
    for (int i = 0; i < count; i++) {
      sizes[hashes[i] & 0xff]++;
    }
    if (position + 16L * count > MAX_LENGTH) {
      throw new IOException("a cdb file cannot be longer than 4 GiB");
    }
    int[] starts = new int[CdbFile.TABLES + 1];
    for (int t = 0; t < CdbFile.TABLES; t++) {
      starts[t + 1] = starts[t] + sizes[t];
    }
    int[] order = new int[count];
    int[] next = Arrays.copyOf(starts, CdbFile.TABLES);
    for (int i = 0; i < count; i++) {
      order[next[hashes[i] & 0xff]++] = i;
    }
    ByteBuffer header = ByteBuffer.allocate(CdbFile.HEADER).order(ByteOrder.LITTLE_ENDIAN);
    for (int t = 0; t < CdbFile.TABLES; t++) {
      int slots = 2 * sizes[t];
      header.putInt((int) position).putInt(slots);
      table(order, starts[t], starts[t + 1], slots);
      position += 8L * slots;
    }
    out.flush();
    header.flip();
    while (header.hasRemaining()) {
      channel.write(header, header.position());
    }
    channel.force(true);
  }

  private void table(int[] order, int from, int to, int slots) throws IOException {
    int[] entries = new int[slots];
    for (int i = from; i < to; i++) {
      int slot = Integer.remainderUnsigned(hashes[order[i]] >>> 8, slots);
      while (entries[slot] != 0) {
        slot = slot + 1 == slots ? 0 : slot + 1;
      }
      entries[slot] = order[i] + 1;
    }
    for (int entry : entries) {
      pair(entry == 0 ? 0 : hashes[entry - 1], entry == 0 ? 0 : positions[entry - 1]);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
