package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of bytes from a stream, one character a byte, with a look at whether more is there. Like
 * C's {@code fgets} with sendmail's buffer it breaks lines of more than 2047 bytes.
 */
final class LineInput {
  private static final int MAX_LINE = 2047;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final byte[] line = new byte[MAX_LINE];
  private int at;
  private int end;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** Whether the next line would have to be waited for. */
  boolean mustWait() {
    int stop = Math.min(end, at + MAX_LINE);
    for (int i = at; i < stop; i++) {
      if (buffer[i] == '\n') {
        return false;
      }
    }
    return stop - at < MAX_LINE;
  }

  /** The next line without its end, up to its first zero byte; null at the end of input. */
  @Nullable String readLine() throws IOException {
    int length = 0;
    boolean any = false;
    while (length < MAX_LINE) {
      if (at == end) {
        at = 0;
        end = Math.max(0, in.read(buffer));
        if (end == 0) {
          break;
        }
      }
      any = true;
      byte b = buffer[at++];
      if (b == '\n') {
        break;
      }
      line[length++] = b;
    }
    if (!any) {
      return null;
    }
    int text = 0;
    while (text < length && line[text] != 0) {
      text++;
    }
    return new String(line, 0, text, StandardCharsets.ISO_8859_1);
  }
}
