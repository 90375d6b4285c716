package postern.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jline.reader.Candidate;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Commands typed at a terminal, with line editing, history and completion. The only class besides
 * {@link TerminalHistory} that knows JLine; nobody loads either when there is no terminal.
 */
final class TerminalLines implements CommandLines {
  private static final int MOST_HISTORY = 1_000;
  // What sendmail takes as one line; a longer one goes on in the next.
  private static final int MAX_LINE = 2047;
  private static final List<String> STYLES =
      List.of(
          LineReader.COMPLETION_STYLE_STARTING,
          LineReader.COMPLETION_STYLE_DESCRIPTION,
          LineReader.COMPLETION_STYLE_LIST_STARTING,
          LineReader.COMPLETION_STYLE_LIST_DESCRIPTION);

  private final Terminal terminal;
  private final LineReader reader;
  private final ByteOutput out;
  private final PaintedOutput screen;
  private final Queue<String> pending = new ArrayDeque<>();

  /**
   * Reads from {@code terminal}, which is closed at the end.
   *
   * @param out buffers what goes to {@code screen}
   * @param history where lines are kept beyond this session, if anywhere
   */
  TerminalLines(
      Terminal terminal,
      BtWords words,
      ByteOutput out,
      PaintedOutput screen,
      Optional<Path> history) {
    this.terminal = terminal;
    this.out = out;
    this.screen = screen;
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("postern")
            .parser(TerminalLines::parsed)
            .history(new TerminalHistory())
            .completer((asking, line, found) -> complete(words, line, found))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // ! is part of addresses
            .option(LineReader.Option.COMPLETE_MATCHER_TYPO, false)
            .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
            .option(LineReader.Option.INSERT_TAB, false)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "")
            .variable(LineReader.BELL_STYLE, "none")
            .variable(LineReader.HISTORY_SIZE, MOST_HISTORY)
            .variable(LineReader.HISTORY_FILE_SIZE, MOST_HISTORY);
    for (String style : STYLES) {
      builder.variable(style, screen.isColoured() ? "fg:cyan" : "bold");
    }
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    reader = builder.build();
  }

  /** Takes the terminal that the program was started from. */
  static TerminalLines system(BtWords words, ByteOutput out, PaintedOutput screen)
      throws IOException {
    Terminal terminal =
        TerminalBuilder.builder()
            .name("postern")
            .system(true)
            .dumb(false)
            .encoding(charset(System.getenv()))
            .providers("exec") // stty and tty: no native library to unpack
            .build();
    return new TerminalLines(
        terminal,
        words,
        out,
        screen,
        TerminalHistory.file(System.getenv(), System.getProperty("user.home", "")));
  }

  /** The character set of the locale as far as it matters: UTF-8, or one character a byte. */
  static Charset charset(Map<String, String> environment) {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String value = environment.getOrDefault(name, "").toLowerCase(Locale.ROOT);
      if (!value.isEmpty()) {
        return value.contains("utf-8") || value.contains("utf8")
            ? StandardCharsets.UTF_8
            : StandardCharsets.ISO_8859_1;
      }
    }
    return StandardCharsets.ISO_8859_1;
  }

  @Override
  public @Nullable String next() throws IOException {
    while (pending.isEmpty()) {
      out.flush();
      screen.endLine();
      try {
        split(reader.readLine("> "), terminal.encoding(), pending);
      } catch (UserInterruptException e) {
        // Ctrl-C: what was typed is gone, and the next line begins
      } catch (EndOfFileException e) {
        return null;
      }
    }
    return pending.remove();
  }

  /** Typed or pasted text as lines of bytes. */
  static void split(String typed, Charset charset, Queue<String> lines) {
    for (String one : typed.split("\r?\n|\r", -1)) {
      String bytes = new String(one.getBytes(charset), StandardCharsets.ISO_8859_1);
      int at = 0;
      do {
        int end = Math.min(bytes.length(), at + MAX_LINE);
        lines.add(bytes.substring(at, end));
        at = end;
      } while (at < bytes.length());
    }
  }

  @Override
  public boolean isTerminal() {
    return true;
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }

  private static void complete(BtWords words, ParsedLine line, List<Candidate> found) {
    for (BtWords.Word word : words.after(line.line().substring(0, line.cursor()))) {
      String about = word.about().isEmpty() ? null : word.about();
      found.add(new Candidate(word.text(), word.text(), null, about, null, null, word.isWhole()));
    }
  }

  /** The word before the cursor is all that matters; nothing is ever quoted or continued. */
  private static ParsedLine parsed(String line, int cursor, Parser.ParseContext context) {
    return new Typed(
        line, cursor, line.substring(BtWords.start(line.substring(0, cursor)), cursor));
  }

  private record Typed(String line, int cursor, String word) implements CompletingParsedLine {
    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return word.length();
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }

    @Override
    public int wordCursor() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }
  }
}
