package postern.cli;

import postern.offline.Words;

/** A line on the terminal that says how far long work has come; nothing where nobody looks. */
final class Progress implements AutoCloseable {
  private static final long EVERY_NANOS = 200_000_000;

  private final String what;
  private final boolean terminal;
  private final long start = System.nanoTime();
  private long last;
  private int width;

  @SuppressWarnings("SystemConsoleNull") // isTerminal() is not there on JDK 17
  Progress(String what) {
    this.what = what;
    terminal = System.console() != null;
  }

  /** So many are done. */
  void at(long done) {
    at(done, 0);
  }

  /** So many are done, of so many; the time left is an estimate. */
  void at(long done, long all) {
    long now = System.nanoTime();
    if (!terminal || now - last < EVERY_NANOS) {
      return;
    }
    last = now;
    double seconds = (now - start) / 1e9;
    String text =
        "%s %s, %s/s".formatted(Words.number(done), what, Words.number((long) (done / seconds)));
    if (all > 0 && done > 0) {
      text += ", %d s left".formatted((long) (seconds / done * (all - done)));
    }
    System.err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
    width = text.length();
  }

  @Override
  public void close() {
    clear();
  }

  /** Takes the line away. */
  void clear() {
    if (width > 0) {
      System.err.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
  }
}
