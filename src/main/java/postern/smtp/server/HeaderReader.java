package postern.smtp.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Collects the header section at the front of a message (RFC 5322 section 2.2) and takes it apart.
 * Bounded: a section above its limit is given up.
 */
final class HeaderReader {
  /**
   * One field.
   *
   * @param raw what stands behind the colon, with a LF where it is folded
   */
  record Field(String name, String raw) {
    /** The value, unfolded. */
    String value() {
      return raw.replace("\n", "").strip();
    }
  }

  /** How far the section has come. */
  enum Progress {
    MORE,
    COMPLETE,
    TOO_LARGE
  }

  private static final int FIRST_BUFFER = 1024;

  private final int limit;
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int length;
  private int lineStart;
  private int scanned;
  private int nuls;
  private int counted;
  private int lines;

  /** Takes sections below {@code limit} octets, each line end counted as one, as sendmail does. */
  HeaderReader(int limit) {
    this.limit = limit;
  }

  /** What {@link #take} did with what it was given. */
  private Progress progress = Progress.MORE;

  Progress progress() {
    return progress;
  }

  /**
   * Takes content until the section is complete: at an empty line, or at one that is no field.
   *
   * @return index of the first byte that belongs to the body; the empty line between is used up
   */
  int take(byte[] data, int from, int to) {
    int at = from;
    while (at < to && progress == Progress.MORE) {
      int end = at;
      while (end < to && data[end] != '\n') {
        end++;
      }
      boolean whole = end < to;
      int stop = whole ? end + 1 : end;
      append(data, at, stop);
      at = stop;
      if (whole) {
        endOfLine();
      }
      boolean line = lineStart < length; // one that is not complete
      if (progress == Progress.MORE && length - lines - (line ? 1 : 0) >= limit) {
        // a line that can be no field begins the body, however long it is
        progress =
            line && !isField(lineStart, length) && !isContinuation()
                ? Progress.COMPLETE
                : Progress.TOO_LARGE;
      }
    }
    return at;
  }

  /** No more content comes. */
  void finish() {
    if (progress == Progress.MORE) {
      if (lineStart < length) {
        endOfLine();
      }
      if (progress == Progress.MORE) {
        progress = Progress.COMPLETE;
      }
    }
  }

  /**
   * Octets up to where the body begins, each line end counted as one: what sendmail tells {@code
   * check_eoh}. The line that ends the section is among them.
   */
  int size() {
    return counted;
  }

  /** The section as it came, NULs left out, and the empty line behind it. */
  byte[] section() {
    byte[] section = Arrays.copyOf(buffer, lineStart + 2);
    section[lineStart] = '\r';
    section[lineStart + 1] = '\n';
    return section;
  }

  /** What was collected but belongs to the body: a line that turned out to be no field. */
  byte[] rest() {
    if (lineStart == length || isEmptyLine(lineStart, length)) {
      return new byte[0];
    }
    return Arrays.copyOfRange(buffer, lineStart, length);
  }

  /** NULs that were left out. */
  int nuls() {
    return nuls;
  }

  /** Drops the buffer; nothing but {@link #progress} may be asked any more. */
  void forget() {
    buffer = new byte[0];
    length = 0;
    lineStart = 0;
  }

  /** The fields in order. */
  List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    int at = 0;
    while (at < lineStart) {
      int end = at;
      int colon = colon(at, lineStart);
      do {
        end = lineEnd(end);
      } while (end < lineStart && blank(buffer[end]));
      fields.add(new Field(text(at, nameEnd(at, colon)), raw(colon + 1, end)));
      at = end;
    }
    return fields;
  }

  /** Lower-case names of {@code fields}. */
  static Set<String> names(List<Field> fields) {
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      names.add(field.name().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private void endOfLine() {
    int from = lineStart;
    counted += length - from - 1;
    if (isEmptyLine(from, length)) {
      progress = Progress.COMPLETE;
    } else if (isField(from, length) || (from > 0 && blank(buffer[from]))) {
      lineStart = length;
      scanned = length;
      lines++;
    } else if (from == 0 && startsWithFrom()) {
      length = 0; // a mailbox's separator line is no part of the message
      scanned = 0;
    } else {
      progress = Progress.COMPLETE;
    }
  }

  private void append(byte[] data, int from, int to) {
    int needed = length + to - from;
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, buffer.length * 2));
    }
    System.arraycopy(data, from, buffer, length, to - from);
    length = needed;
    int kept = scanned;
    for (int i = scanned; i < length; i++) {
      if (buffer[i] == 0) {
        nuls++;
      } else {
        buffer[kept++] = buffer[i];
      }
    }
    length = kept;
    scanned = kept;
  }

  private boolean startsWithFrom() {
    return length > 5 && text(0, 5).equals("From ");
  }

  private boolean isContinuation() {
    return lineStart > 0 && blank(buffer[lineStart]);
  }

  private boolean isEmptyLine(int from, int to) {
    return to - from == 2 && buffer[from] == '\r' && buffer[from + 1] == '\n';
  }

  private boolean isField(int from, int to) {
    return colon(from, to) > from && buffer[from] > ' ';
  }

  /** Index of the colon behind a field name (blanks between allowed, as of old), or -1. */
  private int colon(int from, int to) {
    int i = from;
    while (i < to && buffer[i] > ' ' && buffer[i] < 127 && buffer[i] != ':') {
      i++;
    }
    while (i < to && blank(buffer[i])) {
      i++;
    }
    return i < to && buffer[i] == ':' ? i : -1;
  }

  private int nameEnd(int from, int colon) {
    int end = colon;
    while (end > from && blank(buffer[end - 1])) {
      end--;
    }
    return end;
  }

  private int lineEnd(int from) {
    int i = from;
    while (i < lineStart && buffer[i] != '\n') {
      i++;
    }
    return Math.min(i + 1, lineStart);
  }

  private String raw(int from, int to) {
    String value = text(from, to).replace("\r\n", "\n");
    return value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
  }

  private String text(int from, int to) {
    return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }
}
