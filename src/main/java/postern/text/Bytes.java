package postern.text;

import java.nio.charset.StandardCharsets;

/** A growable run of bytes, made to be reused: clearing keeps the memory. Not thread-safe. */
public final class Bytes {
  private byte[] array;
  private int length;
  private int edition;

  public Bytes() {
    this(64);
  }

  public Bytes(int capacity) {
    array = new byte[Math.max(capacity, 16)];
  }

  /** The bytes of {@code text}, one a character. */
  public static Bytes of(String text) {
    Bytes bytes = new Bytes(text.length());
    bytes.append(text);
    return bytes;
  }

  /** The memory behind the bytes; valid from 0 to {@link #length} until the next change. */
  public byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return array[index] & 0xff;
  }

  public void clear() {
    length = 0;
    edition++;
  }

  /** Changes with every {@link #clear}; for those who change bytes in no other way. */
  public int edition() {
    return edition;
  }

  /** Keeps only the first {@code n} bytes. */
  public void truncate(int n) {
    length = Math.min(length, n);
  }

  public void append(int b) {
    if (length == array.length) {
      grow(length + 1);
    }
    array[length++] = (byte) b;
  }

  public void append(byte[] from, int start, int end) {
    int n = end - start;
    if (length + n > array.length) {
      grow(length + n);
    }
    if (n == 1) {
      array[length++] = from[start]; // most operators
      return;
    }
    ByteRuns.copy(from, start, array, length, n);
    length += n;
  }

  /** Whether the bytes are the same. */
  public boolean equalTo(Bytes other) {
    return length == other.length && ByteRuns.same(array, 0, other.array, 0, length);
  }

  public void append(Bytes other) {
    append(other.array, 0, other.length);
  }

  /** Appends one byte a character; characters above U+00FF lose their high byte. */
  public void append(String text) {
    int n = text.length();
    if (length + n > array.length) {
      grow(length + n);
    }
    for (int i = 0; i < n; i++) {
      array[length + i] = (byte) text.charAt(i);
    }
    length += n;
  }

  private void grow(int needed) {
    array = java.util.Arrays.copyOf(array, Math.max(needed, array.length * 2));
  }

  /** The bytes as text, one character a byte. */
  @Override
  public String toString() {
    return new String(array, 0, length, StandardCharsets.ISO_8859_1);
  }
}
