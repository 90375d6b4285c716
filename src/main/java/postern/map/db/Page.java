package postern.map.db;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One page of a Berkeley DB file. Every access is checked: what lies outside the page is damage.
 */
final class Page {
  // Kinds of pages.
  static final int HASH_UNSORTED = 2;
  static final int BTREE_INTERNAL = 3;
  static final int RECNO_INTERNAL = 4;
  static final int BTREE_LEAF = 5;
  static final int RECNO_LEAF = 6;
  static final int OVERFLOW = 7;
  static final int DUPLICATE_LEAF = 12;
  static final int HASH = 13;

  private static final VarHandle BIG_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] data;
  private final boolean bigEndian;
  private final int number;

  Page(byte[] data, boolean bigEndian, int number) {
    this.data = data;
    this.bigEndian = bigEndian;
    this.number = number;
  }

  int number() {
    return number;
  }

  byte[] data() {
    return data;
  }

  int size() {
    return data.length;
  }

  int u8(int at) throws BadDatabaseException {
    check(at, 1);
    return data[at] & 0xff;
  }

  int u16(int at) throws BadDatabaseException {
    check(at, 2);
    int first = data[at] & 0xff;
    int second = data[at + 1] & 0xff;
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  /** Four bytes, as a signed number: page numbers and lengths above 2^31 are negative. */
  int i32(int at) throws BadDatabaseException {
    check(at, 4);
    return (int) (bigEndian ? BIG_INT.get(data, at) : LITTLE_INT.get(data, at));
  }

  private void check(int at, int length) throws BadDatabaseException {
    if (at < 0 || at > data.length - length) {
      throw damaged("an item reaches beyond the page");
    }
  }

  /** Checks that {@code [from, to)} lies within the page, behind its header. */
  void checkRange(int from, int to) throws BadDatabaseException {
    if (from < 26 || to < from || to > data.length) {
      throw damaged("an item reaches beyond the page");
    }
  }

  int previous() throws BadDatabaseException {
    return i32(12);
  }

  int next() throws BadDatabaseException {
    return i32(16);
  }

  int entries() throws BadDatabaseException {
    return u16(20);
  }

  /** On an overflow page the number of bytes it holds. */
  int overflowLength() throws BadDatabaseException {
    return u16(22);
  }

  int level() throws BadDatabaseException {
    return u8(24);
  }

  int type() throws BadDatabaseException {
    return u8(25);
  }

  /** Whether nothing was ever written here. */
  boolean isBlank() throws BadDatabaseException {
    return type() == 0 && entries() == 0 && next() == 0 && previous() == 0;
  }

  BadDatabaseException damaged(String what) {
    return new BadDatabaseException(
        "damaged: page " + Integer.toUnsignedString(number) + ": " + what);
  }
}
