package postern.offline.log;

/** What stands in front of the message of a syslog line. Mutable: one object for all lines. */
final class Head {
  private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Stamps stamps;
  private final Cache<Program> programs =
      new Cache<>(256, (in, from, to) -> Program.of(Scan.text(in, from, to)));

  long time;
  Program program = Program.OTHER;

  /** Tells processes apart, those of different hosts, too. */
  long process;

  /** Tells hosts apart. */
  long host;

  /** The message is {@code [from, to)}. */
  int from;

  int to;

  /** Where the text behind the host begins, -1 if there is none; known also of half a head. */
  int behindHost;

  Head(Stamps stamps) {
    this.stamps = stamps;
  }

  /** Takes the head of {@code in[start, end)} apart; false if there is none. */
  boolean read(byte[] in, int start, int end) {
    int at = start;
    boolean version = false;
    behindHost = -1;
    if (at < end && in[at] == '<') {
      int close = Scan.find(in, at, Math.min(end, at + 6), '>');
      if (close < 0) {
        return false;
      }
      at = close + 1;
    }
    if (end - at > 2 && in[at] == '1' && in[at + 1] == ' ') {
      at += 2;
      version = true;
    }
    time = stamps.read(in, at, end);
    if (time == Stamps.NONE) {
      return false;
    }
    at = stamps.end();
    if (at >= end || in[at] != ' ') {
      return false;
    }
    at++;
    int hostEnd = Scan.find(in, at, end, ' ');
    if (hostEnd < 0) {
      return false;
    }
    host = Scan.hash(in, at, hostEnd);
    at = hostEnd + 1;
    behindHost = at;
    to = end;
    return version ? structured(in, at, end) : tag(in, at, end);
  }

  /** {@code program[pid]: }. */
  private boolean tag(byte[] in, int start, int end) {
    int at = start;
    while (at < end && in[at] != '[' && in[at] != ':' && in[at] != ' ') {
      at++;
    }
    if (at == start || at >= end || in[at] == ' ') {
      return false;
    }
    program = programs.get(in, start, at);
    long pid = 0;
    if (in[at] == '[') {
      at++;
      while (at < end && in[at] != ']') {
        pid = pid * 31 + in[at];
        at++;
      }
      at++;
    }
    if (at >= end || in[at] != ':') {
      return false;
    }
    at++;
    process = Scan.mix(host ^ pid * 0x9e3779b97f4a7c15L);
    from = at < end && in[at] == ' ' ? at + 1 : at;
    return true;
  }

  /** RFC 5424: {@code program pid id data message}. */
  private boolean structured(byte[] in, int start, int end) {
    int blank = Scan.find(in, start, end, ' ');
    if (blank < 0) {
      return false;
    }
    program = programs.get(in, start, blank);
    int next = Scan.find(in, blank + 1, end, ' ');
    if (next < 0) {
      return false;
    }
    long pid = 0;
    for (int i = blank + 1; i < next; i++) {
      pid = pid * 31 + in[i];
    }
    process = Scan.mix(host ^ pid * 0x9e3779b97f4a7c15L);
    int at = Scan.find(in, next + 1, end, ' ') + 1; // behind the message's id
    if (at <= 0) {
      return false;
    }
    if (at < end && in[at] == '-') {
      at++;
    } else {
      while (at < end && in[at] == '[') {
        at = elementEnd(in, at, end);
      }
    }
    if (at < end && in[at] == ' ') {
      at++;
    }
    from = Scan.at(in, at, end, BOM) ? at + BOM.length : at;
    return from <= end;
  }

  /** Behind one {@code [id name="value"]}, in which quotes, backslashes and ] may be escaped. */
  private static int elementEnd(byte[] in, int start, int end) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      if (in[i] == '\\' && quoted) {
        i++;
      } else if (in[i] == '"') {
        quoted = !quoted;
      } else if (in[i] == ']' && !quoted) {
        return i + 1;
      }
    }
    return end;
  }

  /** Takes what a journal said instead of a line. */
  void set(long when, String tag, long pid, long onHost, int messageFrom, int messageTo) {
    time = when;
    byte[] name = Scan.bytes(tag);
    program = programs.get(name, 0, name.length);
    host = onHost;
    process = Scan.mix(host ^ pid * 0x9e3779b97f4a7c15L);
    from = messageFrom;
    to = messageTo;
  }
}
