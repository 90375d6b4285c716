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
    print(text.toString());
  }

  @SuppressWarnings("deprecation") // the one way that takes each character's low byte at once
  void print(String text) {
    int n = text.length();
    int at = 0;
    while (at < n) {
      if (used == buffer.length) {
        drain();
      }
      int part = Math.min(n - at, buffer.length - used);
      text.getBytes(at, at + part, buffer, used);
      used += part;
      at += part;
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
