package postern.smtp.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Eight-bit MIME for peers without 8BITMIME (RFC 6152 section 3): bodies that hold eight-bit text
 * become quoted-printable, part by part. Two passes over the content, in bounded memory: {@link
 * #scan} finds out what has to be done, {@link #convert} does it.
 */
final class SevenBit {
  private static final int SEGMENT = 4096;
  private static final int LONGEST_HEADER = 128 << 10;
  private static final int DEEPEST = 20;
  private static final int QP_LINE = 75;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary\\s*=\\s*(?:\"([^\"]{1,200})\"|([^\\s;\"]{1,200}))",
          Pattern.CASE_INSENSITIVE);

  /**
   * What a message needs.
   *
   * @param eightBit it holds octets above 127
   * @param obstacle why it cannot be converted, or empty
   * @param parts numbers of the leaf parts to encode
   */
  record Plan(boolean eightBit, String obstacle, BitSet parts) {}

  private final InputStream in;
  private final byte[] buffer = new byte[8192];
  private int at;
  private int end;

  private final boolean converting;
  private final BitSet encode;
  private boolean eightBit;
  private String obstacle = "";
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private final ArrayDeque<String> boundaries = new ArrayDeque<>();
  private final List<String> header = new ArrayList<>();
  private int headerSize;
  private boolean inHeader = true;
  private boolean topHeader = true;
  private boolean lineStart = true;
  private int part = -1;
  private boolean leaf;
  private boolean encodable;
  private int column;

  private SevenBit(InputStream in, boolean converting, BitSet encode) {
    this.in = in;
    this.converting = converting;
    this.encode = encode;
  }

  /** Reads {@code in} to its end. */
  static Plan scan(InputStream in) throws IOException {
    SevenBit scan = new SevenBit(in, false, new BitSet());
    while (scan.step()) {
      scan.out.reset();
    }
    return new Plan(scan.eightBit, scan.obstacle, scan.encode);
  }

  /** Whether the header, as far as the empty line, is ASCII. */
  static boolean hasPlainHeader(InputStream in) throws IOException {
    byte[] block = new byte[8192];
    boolean lineStart = true;
    int n = in.read(block);
    while (n > 0) {
      for (int i = 0; i < n; i++) {
        if (block[i] < 0) {
          return false;
        }
        if (block[i] == '\n') {
          if (lineStart) {
            return true;
          }
          lineStart = true;
        } else if (block[i] != '\r') {
          lineStart = false;
        }
      }
      n = in.read(block);
    }
    return true;
  }

  /** The message in seven bits; {@code plan} comes from a scan of the same content. */
  static InputStream convert(InputStream in, Plan plan) {
    SevenBit conversion = new SevenBit(in, true, plan.parts);
    return new InputStream() {
      private byte[] ready = new byte[0];
      private int next;

      private boolean fill() throws IOException {
        while (next == ready.length) {
          boolean more = conversion.step();
          ready = conversion.out.toByteArray();
          conversion.out.reset();
          next = 0;
          if (!more) {
            return ready.length > 0;
          }
        }
        return true;
      }

      @Override
      public int read() throws IOException {
        return fill() ? ready[next++] & 0xff : -1;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (!fill()) {
          return -1;
        }
        int n = Math.min(length, ready.length - next);
        System.arraycopy(ready, next, target, offset, n);
        next += n;
        return n;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /** Handles one line, or a piece of a long one; false at the end of the content. */
  private boolean step() throws IOException {
    byte[] segment = new byte[SEGMENT + 1];
    int n = 0;
    int b = -1;
    // A piece of a long line never ends between CR and LF.
    while (b != '\n' && (n < SEGMENT || (n == SEGMENT && b == '\r'))) {
      b = next();
      if (b < 0) {
        break;
      }
      segment[n++] = (byte) b;
    }
    if (n == 0) {
      if (inHeader && !header.isEmpty()) {
        endHeader(); // a message without an empty line
      }
      return false;
    }
    boolean start = lineStart;
    lineStart = b == '\n';
    line(segment, n, start);
    return true;
  }

  private int next() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer));
      if (end == 0) {
        return -1;
      }
    }
    return buffer[at++] & 0xff;
  }

  private void line(byte[] segment, int n, boolean start) {
    boolean high = false;
    for (int i = 0; i < n; i++) {
      high |= segment[i] < 0;
    }
    eightBit |= high;
    String text = new String(segment, 0, n, StandardCharsets.ISO_8859_1);
    if (start
        && text.startsWith("--")
        && !boundaries.isEmpty()
        && delimiter(text.stripTrailing())) {
      out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    if (inHeader) {
      if (high) {
        obstacle = "eight-bit characters in a header";
      }
      headerLine(text, start);
      return;
    }
    if (!leaf) { // preamble or epilogue: nobody reads it
      out.writeBytes(high ? sevenBits(segment, n) : text.getBytes(StandardCharsets.ISO_8859_1));
    } else if (converting && encode.get(part)) {
      quote(segment, n);
    } else {
      if (high) {
        encode.set(part);
        if (!encodable) {
          obstacle = "eight-bit characters in a part that says it has none";
        }
      }
      out.write(segment, 0, n);
    }
  }

  private static byte[] sevenBits(byte[] segment, int n) {
    byte[] clean = new byte[n];
    for (int i = 0; i < n; i++) {
      clean[i] = segment[i] < 0 ? (byte) '?' : segment[i];
    }
    return clean;
  }

  /** Whether the line ends a part of one of the enclosing multiparts; innermost first. */
  private boolean delimiter(String text) {
    int depth = 0;
    for (String boundary : boundaries) {
      if (text.startsWith(boundary, 2)) {
        String rest = text.substring(2 + boundary.length());
        if (rest.isBlank() || rest.equals("--")) {
          if (inHeader && !header.isEmpty()) {
            endHeader();
          }
          for (int i = 0; i < depth; i++) {
            boundaries.pop();
          }
          inHeader = rest.isBlank();
          leaf = false;
          if (!inHeader) {
            boundaries.pop();
          }
          return true;
        }
      }
      depth++;
    }
    return false;
  }

  private void headerLine(String text, boolean start) {
    headerSize += text.length();
    if (headerSize > LONGEST_HEADER) {
      obstacle = "a header of more than " + LONGEST_HEADER + " octets";
      header.clear();
      return;
    }
    boolean continued = !start || text.startsWith(" ") || text.startsWith("\t");
    if (start && (text.equals("\r\n") || text.equals("\n"))) {
      endHeader();
      out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    } else if (continued && !header.isEmpty()) {
      int last = header.size() - 1;
      header.set(last, header.get(last) + text);
    } else {
      header.add(text);
    }
  }

  private void endHeader() {
    String type = field("content-type");
    String coding = field("content-transfer-encoding").strip().toLowerCase(Locale.ROOT);
    String kind =
        type.isBlank() ? "text/plain" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean open = coding.isEmpty() || coding.equals("8bit") || coding.equals("7bit");
    Matcher boundary = BOUNDARY.matcher(type);
    leaf = false;
    inHeader = false;
    String newCoding = "";
    if (kind.startsWith("multipart/") && boundary.find() && boundaries.size() < DEEPEST) {
      String name = boundary.group(1) != null ? boundary.group(1) : boundary.group(2);
      boundaries.push(name == null ? "" : name.stripTrailing());
      newCoding = coding.equals("8bit") ? "7bit" : "";
    } else if (kind.equals("message/rfc822") && open && boundaries.size() < DEEPEST) {
      inHeader = true; // what follows the empty line is a header again
      newCoding = coding.equals("8bit") ? "7bit" : "";
    } else {
      leaf = true;
      part++;
      encodable = open;
      column = 0;
      if (converting && encode.get(part)) {
        newCoding = "quoted-printable";
      }
    }
    writeHeader(newCoding, type.isBlank());
    header.clear();
    headerSize = 0;
    topHeader = false;
  }

  private void writeHeader(String newCoding, boolean untyped) {
    boolean versioned = !field("mime-version").isBlank();
    for (String line : header) {
      if (newCoding.isEmpty() || !isField(line, "content-transfer-encoding")) {
        out.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    if (newCoding.isEmpty()) {
      return;
    }
    String added = "Content-Transfer-Encoding: " + newCoding + "\r\n";
    if (untyped && newCoding.equals("quoted-printable")) {
      added = "Content-Type: text/plain; charset=unknown-8bit\r\n" + added;
    }
    if (topHeader && !versioned) {
      added = "MIME-Version: 1.0\r\n" + added;
    }
    out.writeBytes(added.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The field's value, unfolded; empty if there is none. */
  private String field(String name) {
    for (String line : header) {
      if (isField(line, name)) {
        return line.substring(line.indexOf(':') + 1).replaceAll("\r?\n(?=[ \t])", "").strip();
      }
    }
    return "";
  }

  private static boolean isField(String line, String name) {
    int colon = line.indexOf(':');
    return colon > 0 && line.substring(0, colon).strip().equalsIgnoreCase(name);
  }

  /** Quoted-printable (RFC 2045 section 6.7); line ends stay line ends. */
  private void quote(byte[] segment, int n) {
    int length = n;
    boolean ended = segment[n - 1] == '\n';
    if (ended) {
      length -= n > 1 && segment[n - 2] == '\r' ? 2 : 1;
    }
    for (int i = 0; i < length; i++) {
      int c = segment[i] & 0xff;
      boolean blank = c == ' ' || c == '\t';
      boolean plain =
          blank ? i < length - 1 : c > ' ' && c < 127 && c != '=' && !(c == '.' && column == 0);
      int width = plain ? 1 : 3;
      if (column + width > QP_LINE) {
        out.writeBytes(new byte[] {'=', '\r', '\n'});
        column = 0;
      }
      if (plain) {
        out.write(c);
      } else {
        out.writeBytes("=%02X".formatted(c).getBytes(StandardCharsets.US_ASCII));
      }
      column += width;
    }
    if (ended) {
      out.writeBytes(new byte[] {'\r', '\n'});
      column = 0;
    }
  }
}
