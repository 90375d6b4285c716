package postern.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's text with its name. Bytes are read as ISO-8859-1, one character a byte, because
 * configuration text is bytes to sendmail.
 */
public record SourceText(String name, String text, List<Integer> lineStarts) {
  public SourceText {
    lineStarts = List.copyOf(lineStarts);
  }

  /** Takes {@code text} as the content of {@code name}. */
  public static SourceText of(String name, String text) {
    List<Integer> starts = new ArrayList<>();
    starts.add(0);
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      starts.add(i + 1);
    }
    return new SourceText(name, text, starts);
  }

  /**
   * Reads {@code file}.
   *
   * @throws IOException if it cannot be read
   */
  public static SourceText read(Path file) throws IOException {
    return of(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /** Line {@code number} (from 1) without its line end; empty if there is no such line. */
  public String line(int number) {
    if (number < 1 || number > lineStarts.size()) {
      return "";
    }
    int from = lineStarts.get(number - 1);
    int to = number < lineStarts.size() ? lineStarts.get(number) - 1 : text.length();
    String line = text.substring(from, Math.max(from, to));
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** The span of {@code length} characters at {@code offset}, cut at the end of its line. */
  public Span span(int offset, int length) {
    int low = 0;
    int high = lineStarts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (lineStarts.get(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int column = offset - lineStarts.get(low) + 1;
    int room = Math.max(0, line(low + 1).length() - column + 1);
    return new Span(low + 1, column, Math.min(length, room));
  }
}
