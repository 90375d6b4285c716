package postern.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Commands from a pipe or file, asked for and echoed as sendmail does. */
final class PipedLines implements CommandLines {
  private final LineInput in;
  private final ByteOutput out;
  private final boolean echo;

  /**
   * Reads from {@code input}.
   *
   * @param echo whether lines are shown in place of prompts
   */
  PipedLines(InputStream input, ByteOutput out, boolean echo) {
    in = new LineInput(input);
    this.out = out;
    this.echo = echo;
  }

  @Override
  public @Nullable String next() throws IOException {
    if (!echo) {
      out.print("> ");
    }
    if (in.mustWait()) {
      out.flush();
    }
    String line = in.readLine();
    if (echo && line != null) {
      out.print("> " + line + "\n");
    }
    return line;
  }

  @Override
  public boolean isTerminal() {
    return false;
  }

  @Override
  public void close() {
    // The stream is the caller's.
  }
}
