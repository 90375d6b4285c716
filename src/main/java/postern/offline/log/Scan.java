package postern.offline.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Searching in bytes of a line, without making garbage. */
final class Scan {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Scan() {}

  /** {@code text} as bytes to search for. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether {@code what} stands at {@code at}. */
  static boolean at(byte[] in, int at, int to, byte[] what) {
    int n = what.length;
    if (to - at < n) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (in[at + i] != what[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where {@code what} first stands in {@code [from, to)}, or -1. */
  static int find(byte[] in, int from, int to, byte[] what) {
    char first = (char) (what[0] & 0xff);
    int end = to - what.length + 1;
    for (int i = find(in, from, end, first); i >= 0; i = find(in, i + 1, end, first)) {
      if (at(in, i, to, what)) {
        return i;
      }
    }
    return -1;
  }

  /** Where {@code what} last stands in {@code [from, to)}, or -1. */
  static int findLast(byte[] in, int from, int to, byte[] what) {
    for (int i = to - what.length; i >= from; i--) {
      if (in[i] == what[0] && at(in, i, to, what)) {
        return i;
      }
    }
    return -1;
  }

  /** Where {@code c} first stands in {@code [from, to)}, or -1. Eight bytes at a time. */
  static int find(byte[] in, int from, int to, char c) {
    long wanted = ONES * c;
    int i = from;
    for (; i <= to - 8; i += 8) {
      long differs = (long) LONGS.get(in, i) ^ wanted;
      long zeros = (differs - ONES) & ~differs & HIGHS; // the lowest one is right
      if (zeros != 0) {
        return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (in[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** The digits at {@code from} as a number; 0 if there are none, at most nine count. */
  static int number(byte[] in, int from, int to) {
    int value = 0;
    for (int i = from; i < to && i < from + 9 && in[i] >= '0' && in[i] <= '9'; i++) {
      value = value * 10 + in[i] - '0';
    }
    return value;
  }

  /** A hash of {@code [from, to)} with all 64 bits worth using. */
  static long hash(byte[] in, int from, int to) {
    long h = 0x9e3779b97f4a7c15L ^ (to - from);
    int i = from;
    for (; i <= to - 8; i += 8) {
      h = (h ^ (long) LONGS.get(in, i)) * 0xff51afd7ed558ccdL;
      h ^= h >>> 32;
    }
    long rest = 0;
    for (; i < to; i++) {
      rest = (rest << 8) | (in[i] & 0xff);
    }
    return mix(h ^ rest);
  }

  static long mix(long value) {
    long h = value;
    h ^= h >>> 33;
    h *= 0xff51afd7ed558ccdL;
    h ^= h >>> 33;
    h *= 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }

  static String text(byte[] in, int from, int to) {
    return to <= from ? "" : new String(in, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
