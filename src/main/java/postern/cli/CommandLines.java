package postern.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where address test mode gets its commands from. */
interface CommandLines extends AutoCloseable {
  /** Asks for a line and waits for it: one character a byte, without its end; null at the end. */
  @Nullable String next() throws IOException;

  /** Whether a person types them. */
  boolean isTerminal();

  @Override
  void close() throws IOException;
}
