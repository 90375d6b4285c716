package postern.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Text as bytes, one a character, through a buffer. */
final class ByteOutput {
  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 16];
  private int used;

  ByteOutput(OutputStream out) {
    this.out = out;
  }

  void print(CharSequence text) {
    int n = text.length();
    for (int i = 0; i < n; i++) {
      if (used == buffer.length) {
        drain();
      }
      buffer[used++] = (byte) text.charAt(i);
    }
  }

  private void drain() {
    try {
      out.write(buffer, 0, used);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    used = 0;
  }

  void flush() {
    drain();
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
