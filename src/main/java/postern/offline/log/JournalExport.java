package postern.offline.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One entry of {@code journalctl -o export}: fields {@code NAME=value}, or a name alone on its
 * line, then eight bytes of length (little-endian), that many bytes, and a line end.
 */
final class JournalExport extends JournalEntry {
  private static final int LONGEST = 1 << 20;
  private static final byte[] TIME = Scan.bytes("__REALTIME_TIMESTAMP=");
  private static final byte[] SOURCE_TIME = Scan.bytes("_SOURCE_REALTIME_TIMESTAMP=");
  private static final byte[] PROGRAM = Scan.bytes("SYSLOG_IDENTIFIER=");
  private static final byte[] PID = Scan.bytes("_PID=");
  private static final byte[] SYSLOG_PID = Scan.bytes("SYSLOG_PID=");
  private static final byte[] HOST = Scan.bytes("_HOSTNAME=");
  private static final byte[] MESSAGE = Scan.bytes("MESSAGE=");

  private boolean any;

  /** Name of a field whose bytes follow; empty if none do. */
  private String binary = "";

  @Override
  void clear() {
    super.clear();
    any = false;
  }

  boolean isEmpty() {
    return !any;
  }

  boolean wantsBinary() {
    return !binary.isEmpty();
  }

  /** Takes the bytes of a field; -1 if they are not all there yet, else where they end. */
  int binary(byte[] in, int from, int to) {
    if (to - from < 8) {
      return -1;
    }
    long size = 0;
    for (int i = 7; i >= 0; i--) {
      size = (size << 8) | (in[from + i] & 0xff);
    }
    if (size < 0 || size > LONGEST) {
      binary = ""; // no journal is like this: what follows is read as lines
      return from + 8;
    }
    int end = from + 8 + (int) size;
    if (end + 1 > to) {
      return -1;
    }
    if (binary.equals("MESSAGE")) {
      setMessage(Arrays.copyOfRange(in, from + 8, end));
    }
    binary = "";
    return end + 1;
  }

  /** Takes a line that is not empty. */
  void field(byte[] in, int from, int to) {
    any = true;
    if (Scan.at(in, from, to, MESSAGE)) {
      setMessage(Arrays.copyOfRange(in, from + MESSAGE.length, to));
    } else if (Scan.at(in, from, to, TIME)) {
      setTime(in, from + TIME.length, to);
    } else if (Scan.at(in, from, to, SOURCE_TIME)) {
      // the journal's own time is there for every entry
    } else if (Scan.at(in, from, to, PROGRAM)) {
      setProgram(
          new String(
              in, from + PROGRAM.length, to - from - PROGRAM.length, StandardCharsets.UTF_8));
    } else if (Scan.at(in, from, to, SYSLOG_PID)) {
      setSyslogPid(in, from + SYSLOG_PID.length, to);
    } else if (Scan.at(in, from, to, PID)) {
      setPid(in, from + PID.length, to);
    } else if (Scan.at(in, from, to, HOST)) {
      setHost(in, from + HOST.length, to);
    } else if (Scan.find(in, from, to, '=') < 0) {
      binary = Scan.text(in, from, to);
    }
  }
}
