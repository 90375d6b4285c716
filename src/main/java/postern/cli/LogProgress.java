package postern.cli;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.offline.Words;
import postern.offline.log.LogCounts;

/** A line on the terminal that says how far reading is; nothing where nobody looks. */
final class LogProgress implements AutoCloseable {
  private static final long EVERY_MILLIS = 500;

  private final LogCounts counts;
  private final long size;
  private final PrintStream out;
  private final long began = System.nanoTime();
  private final @Nullable Thread thread;

  /**
   * Begins to show.
   *
   * @param size bytes there are to read, 0 if that is not known
   */
  @SuppressWarnings("SystemConsoleNull") // isTerminal() is not there on JDK 17
  LogProgress(LogCounts counts, long size, PrintStream out) {
    this(counts, size, out, System.console() != null && !"dumb".equals(System.getenv("TERM")));
  }

  LogProgress(LogCounts counts, long size, PrintStream out, boolean shown) {
    this.counts = counts;
    this.size = size;
    this.out = out;
    thread = shown ? new Thread(this::run, "progress") : null;
    if (thread != null) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY_MILLIS);
        double seconds = (System.nanoTime() - began) / 1e9;
        out.print("\r" + line(counts.bytes(), size, counts.sessions(), seconds) + "\u001b[K");
        out.flush();
      }
    } catch (InterruptedException e) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  /** {@code 120 of 460 MB 26 % 85,000 sessions/s 12 s left}. */
  static String line(long bytes, long size, long sessions, double seconds) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%,d", bytes / 1_000_000));
    if (size > 0) {
      text.append(
          String.format(Locale.ROOT, " of %,d MB  %d %%", size / 1_000_000, 100 * bytes / size));
    } else {
      text.append(" MB");
    }
    text.append("  ").append(Words.number(Math.round(sessions / seconds))).append(" sessions/s");
    if (size > 0 && bytes > 0) {
      long left = Math.round(seconds * (size - bytes) / bytes);
      text.append("  ").append(left < 120 ? left + " s" : left / 60 + " min").append(" left");
    }
    return text.toString();
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
