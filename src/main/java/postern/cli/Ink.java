package postern.cli;

/** Colour for terminals, and for nothing else. */
enum Ink {
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  BOLD("1"),
  DIM("2");

  // On JDK 22 and later a console exists in a pipe, too; TERM then says that nobody looks.
  @SuppressWarnings("SystemConsoleNull") // isTerminal() is not there on JDK 17
  private static final boolean ON =
      System.console() != null
          && System.getenv("NO_COLOR") == null
          && !"dumb".equals(System.getenv("TERM"));

  private final String code;

  Ink(String code) {
    this.code = code;
  }

  /** {@code text} in this colour, whoever reads it. */
  String always(String text) {
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }

  /** {@code text} in this colour, if standard output is a terminal. */
  String on(String text) {
    return ON ? always(text) : text;
  }
}
