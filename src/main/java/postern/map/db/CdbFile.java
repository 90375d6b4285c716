package postern.map.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import postern.text.Bytes;

/**
 * A constant data base (Bernstein's cdb): 256 pointers to hash tables, the records, the tables. All
 * numbers are 32 bits, little endian, unsigned.
 */
final class CdbFile implements Database {
  static final int TABLES = 256;
  static final int HEADER = TABLES * 8;

  /** Start of cdb's hash of a key. */
  static final int HASH_SEED = 5381;

  private static final int MAX_KEY = 1 << 16;

  private final FileChannel channel;
  private final long length;
  private final int[] position = new int[TABLES];
  private final int[] slots = new int[TABLES];

  private CdbFile(FileChannel channel) throws IOException {
    this.channel = channel;
    length = channel.size();
    if (length < HEADER) {
      throw new BadDatabaseException(
          length == 0 ? "the file is empty" : "too short for a cdb file");
    }
    if (length > 0xffffffffL) {
      throw new BadDatabaseException("too long for a cdb file");
    }
    ByteBuffer header = read(0, HEADER);
    for (int i = 0; i < TABLES; i++) {
      position[i] = header.getInt();
      slots[i] = header.getInt();
      long end = unsigned(position[i]) + 8 * unsigned(slots[i]);
      if (unsigned(position[i]) < HEADER || end > length) {
        throw new BadDatabaseException(
            "not a cdb file, or a damaged one: table " + i + " ends at byte " + end);
      }
    }
  }

  static CdbFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new CdbFile(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  static int hash(byte[] key, int from, int to) {
    int h = HASH_SEED;
    for (int i = from; i < to; i++) {
      h = (h + (h << 5)) ^ (key[i] & 0xff);
    }
    return h;
  }

  private static long unsigned(int i) {
    return Integer.toUnsignedLong(i);
  }

  private ByteBuffer read(long at, int bytes) throws IOException {
    return ByteBuffer.wrap(bytes(at, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] bytes(long at, int bytes) throws IOException {
    if (at + bytes > length) {
      throw new BadDatabaseException("damaged: a record at byte " + at + " reaches beyond the end");
    }
    byte[] data = new byte[bytes];
    PageFile.readFully(channel, data, at);
    return data;
  }

  @Override
  public boolean find(byte[] key, int from, int to, Bytes value) throws IOException {
    if (channel.size() != length) {
      throw new BadDatabaseException("the file is being written");
    }
    int hash = hash(key, from, to);
    int table = hash & 0xff;
    long count = unsigned(slots[table]);
    if (count == 0) {
      return false;
    }
    long slot = unsigned(hash >>> 8) % count;
    for (long tried = 0; tried < count; tried++) {
      ByteBuffer entry = read(unsigned(position[table]) + 8 * slot, 8);
      int found = entry.getInt();
      long at = unsigned(entry.getInt());
      if (at == 0) {
        return false;
      }
      if (found == hash) {
        ByteBuffer lengths = read(at, 8);
        long keyLength = unsigned(lengths.getInt());
        long valueLength = unsigned(lengths.getInt());
        if (keyLength == to - from
            && Arrays.equals(bytes(at + 8, to - from), 0, to - from, key, from, to)) {
          value.clear();
          append(at + 8 + keyLength, valueLength, MAX_VALUE, value);
          return true;
        }
      }
      slot = slot + 1 == count ? 0 : slot + 1;
    }
    return false;
  }

  private void append(long at, long bytes, int most, Bytes out) throws IOException {
    if (bytes > most) {
      throw new BadDatabaseException("a key or value of " + bytes + " bytes");
    }
    out.append(bytes(at, (int) bytes), 0, (int) bytes);
  }

  @Override
  public String kind() {
    return "cdb";
  }

  @Override
  public void forEach(Visitor visitor) throws IOException {
    // Records end where the first table begins; an empty table may point anywhere.
    long end = length;
    for (int p : position) {
      end = Math.min(end, unsigned(p));
    }
    Bytes key = new Bytes();
    Bytes value = new Bytes();
    long at = HEADER;
    while (at < end) {
      ByteBuffer lengths = read(at, 8);
      long keyLength = unsigned(lengths.getInt());
      long valueLength = unsigned(lengths.getInt());
      key.clear();
      append(at + 8, keyLength, MAX_KEY, key);
      value.clear();
      append(at + 8 + keyLength, valueLength, MAX_VALUE, value);
      visitor.entry(key, value);
      at += 8 + keyLength + valueLength;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
