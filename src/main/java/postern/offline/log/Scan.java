package postern.offline.log;

import java.nio.charset.StandardCharsets;

/** Searching in bytes of a line, without making garbage. */
final class Scan {
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
    byte first = what[0];
    int last = to - what.length;
    for (int i = from; i <= last; i++) {
      if (in[i] == first && at(in, i, to, what)) {
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

  /** Where {@code c} first stands in {@code [from, to)}, or -1. */
  static int find(byte[] in, int from, int to, char c) {
    for (int i = from; i < to; i++) {
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
    for (int i = from; i < to; i++) {
      h = (h ^ (in[i] & 0xff)) * 0x100000001b3L;
    }
    return mix(h);
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
