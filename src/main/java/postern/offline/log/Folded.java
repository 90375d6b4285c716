package postern.offline.log;

import java.util.Arrays;

/**
 * Lines that stand for the one in front of them said again: {@code last message repeated 3 times}
 * of BSD's syslog daemons (with or without {@code syslogd:}), {@code Last message '...' repeated 3
 * times, suppressed by ...} of syslog-ng. Mutable: one object for all lines of a log.
 */
final class Folded {
  private static final byte[] LAST = Scan.bytes("last message repeated ");
  private static final byte[] TIMES = Scan.bytes(" times");
  private static final byte[] QUOTED = Scan.bytes("Last message '");
  private static final byte[] REPEATED = Scan.bytes("' repeated ");
  private static final byte[] SUPPRESSED = Scan.bytes(" times, suppressed by ");

  private byte[] last = new byte[512];
  private int size;
  private int textFrom;
  private long host;

  /** Another log begins. */
  void clear() {
    size = 0;
  }

  /** A line that is no repetition; {@code head} has taken it apart. */
  void remember(byte[] in, int from, int to, Head head) {
    size = to - from;
    if (last.length < size) {
      last = new byte[Math.max(size, last.length * 2)];
    }
    System.arraycopy(in, from, last, 0, size);
    textFrom = head.from - from;
    host = head.host;
  }

  /** The line that is repeated; its {@link #size} bytes count. */
  byte[] last() {
    return last;
  }

  int size() {
    return size;
  }

  /** Whether what is repeated is known: a line of this log by the same host. */
  boolean isKnown(Head head) {
    return size > 0 && host == head.host;
  }

  /**
   * How often the line in front is said again by {@code [from, to)}, 0 if this says no such thing.
   */
  int times(byte[] in, int from, int to) {
    if (from < 0 || from >= to) {
      return 0;
    }
    if (in[from] == 'l' && Scan.at(in, from, to, LAST)) {
      int end = to - TIMES.length;
      int digits = from + LAST.length;
      return Scan.at(in, Math.max(end, digits), to, TIMES) ? count(in, digits, end) : 0;
    }
    if (in[from] == 'L' && Scan.at(in, from, to, QUOTED)) {
      int end = Scan.findLast(in, from, to, SUPPRESSED);
      int close = end < 0 ? -1 : Scan.findLast(in, from, end, REPEATED);
      return close < 0 ? 0 : count(in, close + REPEATED.length, end);
    }
    return 0;
  }

  /** Whether the repetition names the beginning of another message than the one in front. */
  boolean isOfAnother(byte[] in, int from, int to) {
    if (in[from] != 'L') {
      return false;
    }
    int start = from + QUOTED.length;
    int end = Scan.findLast(in, start, to, REPEATED);
    int length = end - start;
    return length > size - textFrom
        || !Arrays.equals(in, start, end, last, textFrom, textFrom + length);
  }

  private static int count(byte[] in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return 0;
      }
    }
    return Scan.number(in, from, to);
  }
}
