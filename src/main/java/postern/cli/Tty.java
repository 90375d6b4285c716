package postern.cli;

/** Whether a person types at a terminal that can do more than scroll. */
final class Tty {
  private Tty() {}

  /**
   * Whether standard input and output are terminals with a cursor that can be moved. The launcher
   * says so in {@code postern.tty}; without it Java is asked, which up to JDK 21 knows.
   */
  @SuppressWarnings("SystemConsoleNull") // isTerminal() is not there on JDK 17
  static boolean isUsed() {
    String told = System.getProperty("postern.tty", "");
    if (!told.isEmpty() && !told.equals("yes")) {
      return false;
    }
    String kind = System.getenv("TERM");
    return kind != null
        && !kind.isEmpty()
        && !kind.equals("dumb")
        && (told.equals("yes") || System.console() != null);
  }
}
