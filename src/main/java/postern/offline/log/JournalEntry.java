package postern.offline.log;

import org.jspecify.annotations.Nullable;

/** What an entry of a journal says, as far as it matters here, whatever form it is written in. */
abstract class JournalEntry {
  /** More digits than these fit no number. */
  private static final int MOST_DIGITS = 18;

  private long time = Stamps.NONE;
  private String program = "";
  private long pid;
  private boolean syslogPid;
  private long host;
  private byte @Nullable [] message;

  /** Nothing is known yet. */
  void clear() {
    time = Stamps.NONE;
    program = "";
    pid = 0;
    syslogPid = false;
    host = 0;
    message = null;
  }

  /** Milliseconds, {@link Stamps#NONE} if there are none. */
  final long time() {
    return time;
  }

  final String program() {
    return program;
  }

  final long pid() {
    return pid;
  }

  /** Tells hosts apart. */
  final long host() {
    return host;
  }

  final byte @Nullable [] message() {
    return message;
  }

  // ---- the fields

  /** {@code __REALTIME_TIMESTAMP}, in microseconds. */
  final void setTime(byte[] in, int from, int to) {
    time = number(in, from, to) / 1000;
  }

  /** {@code SYSLOG_IDENTIFIER}. */
  final void setProgram(String name) {
    program = name;
  }

  /** {@code SYSLOG_PID}: what the program says of itself goes before what the journal found. */
  final void setSyslogPid(byte[] in, int from, int to) {
    pid = number(in, from, to);
    syslogPid = true;
  }

  /** {@code _PID}. */
  final void setPid(byte[] in, int from, int to) {
    pid = syslogPid ? pid : number(in, from, to);
  }

  /** {@code _HOSTNAME}. */
  final void setHost(byte[] in, int from, int to) {
    host = Scan.hash(in, from, to);
  }

  /** {@code MESSAGE}. */
  final void setMessage(byte[] text) {
    message = text;
  }

  private static long number(byte[] in, int from, int to) {
    long value = 0;
    for (int i = from; i < to && i < from + MOST_DIGITS && in[i] >= '0' && in[i] <= '9'; i++) {
      value = value * 10 + in[i] - '0';
    }
    return value;
  }
}
