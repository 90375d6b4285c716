package postern.offline.log;

/** Queue ids in front of a colon and a blank, as sendmail and Postfix begin their lines. */
final class QueueId {
  private static final int LONGEST = 24;

  private QueueId() {}

  /** Where the colon behind an id at {@code from} stands; -1 if there is no id. */
  static int end(byte[] in, int from, int to, int least) {
    int most = Math.min(to - 1, from + LONGEST);
    for (int i = from; i < most; i++) {
      byte c = in[i];
      if (c == ':') {
        return i - from >= least && in[i + 1] == ' ' ? i : -1;
      }
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
        return -1;
      }
    }
    return -1;
  }

  /** The id that the line begins with, empty if there is none. */
  static String text(byte[] in, Head head, int least) {
    int colon = end(in, head.from, head.to, least);
    return colon < 0 ? "" : Scan.text(in, head.from, colon);
  }
}
