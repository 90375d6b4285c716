package postern.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Copies, compares and hashes runs of bytes, eight at a time: keys, words and values are some ten
 * bytes long, too short for the calls that are made for long ones and too long for a loop.
 */
public final class ByteRuns {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MOST_COPIED = 48;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long FROM_A = (0x80 - 'A') * ONES;
  private static final long BEHIND_Z = (0x80 - 'Z' - 1) * ONES;
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private ByteRuns() {}

  private static long eight(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  private static int four(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  /** Up to seven bytes in one number; different runs of one length have different numbers. */
  private static long few(byte[] bytes, int at, int n) {
    if (n >= 4) {
      return (four(bytes, at) & 0xffffffffL) | (long) four(bytes, at + n - 4) << 32;
    }
    if (n == 0) {
      return 0;
    }
    return (bytes[at] & 0xffL)
        | (bytes[at + (n >> 1)] & 0xffL) << 8
        | (bytes[at + n - 1] & 0xffL) << 16;
  }

  /** Copies {@code n} bytes; the two places must not overlap. */
  static void copy(byte[] from, int at, byte[] to, int target, int n) {
    if (n > MOST_COPIED) {
      System.arraycopy(from, at, to, target, n);
    } else if (n >= 8) {
      int last = n - 8;
      for (int i = 0; i < last; i += 8) {
        LONGS.set(to, target + i, eight(from, at + i));
      }
      LONGS.set(to, target + last, eight(from, at + last));
    } else if (n >= 4) {
      int end = four(from, at + n - 4);
      INTS.set(to, target, four(from, at));
      INTS.set(to, target + n - 4, end);
    } else {
      for (int i = 0; i < n; i++) {
        to[target + i] = from[at + i];
      }
    }
  }

  /** Whether {@code n} bytes are the same. */
  public static boolean same(byte[] one, int at, byte[] other, int otherAt, int n) {
    return same(one, at, other, otherAt, n, false);
  }

  /**
   * Whether {@code n} bytes are the same.
   *
   * @param folds whether the first ones are folded to lower case (ASCII) before they are compared
   */
  public static boolean same(byte[] one, int at, byte[] other, int otherAt, int n, boolean folds) {
    long letters = folds ? HIGH : 0;
    if (n < 8) {
      return fold(few(one, at, n), letters) == few(other, otherAt, n);
    }
    int last = n - 8;
    for (int i = 0; i < last; i += 8) {
      if (fold(eight(one, at + i), letters) != eight(other, otherAt + i)) {
        return false;
      }
    }
    return fold(eight(one, at + last), letters) == eight(other, otherAt + last);
  }

  /**
   * A number for a run of bytes, well mixed in its low bits.
   *
   * @param folds whether upper case counts as lower case (ASCII)
   */
  public static int hash(byte[] bytes, int at, int n, boolean folds) {
    long letters = folds ? HIGH : 0;
    long h = n;
    if (n < 8) {
      h = mixed(h, fold(few(bytes, at, n), letters));
    } else {
      int last = n - 8;
      for (int i = 0; i < last; i += 8) {
        h = mixed(h, fold(eight(bytes, at + i), letters));
      }
      h = mixed(h, fold(eight(bytes, at + last), letters));
    }
    return (int) (h ^ (h >>> 32));
  }

  private static long mixed(long h, long next) {
    long m = (h ^ next) * FACTOR;
    return m ^ (m >>> 29);
  }

  /** Eight bytes with A to Z in lower case, where {@code letters} has their high bits. */
  private static long fold(long eight, long letters) {
    long low = eight & ~HIGH;
    long upper = (low + FROM_A) & ~(low + BEHIND_Z) & ~eight & letters;
    return eight | (upper >>> 2);
  }
}
