package postern.smtp.client;

import io.netty.buffer.ByteBuf;

/**
 * Content as it goes over the wire after DATA (RFC 5321 sections 4.5.2 and 2.3.8): leading dots
 * doubled, every line end CR LF. A lone CR or LF becomes a line end, too, so that no peer can see
 * an end of the message where there is none.
 */
final class Wire {
  private final boolean dots;
  private boolean lineStart = true;
  private boolean cr;

  /**
   * @param dots leading dots are doubled and a dot ends the message (DATA); not so in chunks (BDAT)
   */
  Wire(boolean dots) {
    this.dots = dots;
  }

  /** Appends {@code length} octets of content to {@code out}. */
  void put(byte[] data, int length, ByteBuf out) {
    for (int i = 0; i < length; i++) {
      byte b = data[i];
      if (cr) {
        cr = false;
        endLine(out);
        if (b == '\n') {
          continue;
        }
      }
      if (b == '\r') {
        cr = true;
      } else if (b == '\n') {
        endLine(out);
      } else {
        if (dots && lineStart && b == '.') {
          out.writeByte('.');
        }
        out.writeByte(b);
        lineStart = false;
      }
    }
  }

  /** Ends the last line if need be and the message. */
  void end(ByteBuf out) {
    if (cr || !lineStart) {
      endLine(out);
    }
    if (dots) {
      out.writeByte('.').writeByte('\r').writeByte('\n');
    }
  }

  private void endLine(ByteBuf out) {
    out.writeByte('\r').writeByte('\n');
    lineStart = true;
  }
}
