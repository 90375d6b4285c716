package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of bytes from a stream, one character a byte, with a look at whether more is there. */
final class LineInput {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** Whether the next line would have to be waited for. */
  boolean mustWait() {
    for (int i = at; i < end; i++) {
      if (buffer[i] == '\n') {
        return false;
      }
    }
    return true;
  }

  /** The next line without its end; null at the end of input. */
  @Nullable String readLine() throws IOException {
    StringBuilder rest = null;
    while (true) {
      int start = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      if (at < end) {
        String line = latin1(start, at);
        at++;
        return rest == null ? line : rest.append(line).toString();
      }
      if (start < end) {
        rest = rest == null ? new StringBuilder() : rest;
        rest.append(latin1(start, end));
      }
      at = 0;
      end = Math.max(0, in.read(buffer));
      if (end == 0) {
        return rest == null ? null : rest.toString();
      }
    }
  }

  private String latin1(int from, int to) {
    return new String(buffer, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
