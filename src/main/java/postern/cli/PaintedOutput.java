package postern.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A terminal behind {@link BtPaint}: each line is painted when it is complete. */
final class PaintedOutput extends OutputStream {
  private final OutputStream terminal;
  private final BtPaint paint;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean started;

  PaintedOutput(OutputStream terminal, BtPaint paint) {
    this.terminal = terminal;
    this.paint = paint;
  }

  /** Whether it has colour. */
  boolean isColoured() {
    return paint.isColoured();
  }

  @Override
  public void write(int b) throws IOException {
    if (b == '\n') {
      put();
      terminal.write('\n');
      started = false;
    } else {
      line.write(b);
    }
  }

  private void put() throws IOException {
    if (line.size() > 0) {
      String text = paint.line(line.toString(StandardCharsets.ISO_8859_1));
      terminal.write(text.getBytes(StandardCharsets.ISO_8859_1));
      line.reset();
      started = true;
    }
  }

  @Override
  public void flush() throws IOException {
    put();
    terminal.flush();
  }

  /** Brings the cursor to the start of a line, unless it is there. */
  void endLine() throws IOException {
    put();
    if (started) {
      terminal.write('\n');
      started = false;
    }
    terminal.flush();
  }
}
