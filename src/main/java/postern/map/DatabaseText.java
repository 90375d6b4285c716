package postern.map;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.source.Span;

/** Finds what {@code makemap} would refuse in the text of a data base, and keys that come twice. */
final class DatabaseText {
  private static final int MOST_FAULTS = 100;

  private final SourceText text;
  private final List<FileFault> faults = new ArrayList<>();

  private DatabaseText(SourceText text) {
    this.text = text;
  }

  static List<FileFault> faults(String file, byte[] content, boolean foldCase) {
    DatabaseText check =
        new DatabaseText(SourceText.of(file, new String(content, StandardCharsets.ISO_8859_1)));
    check.run(foldCase);
    return check.faults;
  }

  /**
   * A map without a file: every look-up will fail for now.
   *
   * @param text the text that would do as well, or empty if that is not allowed
   */
  static FileFault missing(String map, String file, String text) {
    Diagnostic diagnostic =
        new Diagnostic(
            Diagnostic.Code.MISSING_MAP_FILE,
            file,
            Span.NONE,
            0,
            "map \""
                + map
                + "\" is read from this file"
                + (text.isEmpty() ? "" : " or, without it, from the text " + text)
                + ", and there is none: whoever asks the map gets a temporary failure",
            null);
    return new FileFault(diagnostic, SourceText.of(file, ""));
  }

  /** A data base file that cannot be read. */
  static FileFault damaged(String file, String reason) {
    return about(Diagnostic.Code.BAD_DATABASE, file, reason);
  }

  /** A data base file that is older than the text it was made from. */
  static FileFault stale(String file, String text) {
    return about(
        Diagnostic.Code.STALE_DATABASE,
        file,
        text + " is newer than this data base, which is what counts: makemap has not run since");
  }

  private static FileFault about(Diagnostic.Code code, String file, String message) {
    return new FileFault(
        new Diagnostic(code, file, Span.NONE, 0, message, null), SourceText.of(file, ""));
  }

  private void run(boolean foldCase) {
    Map<String, Integer> seen = new HashMap<>();
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      String line = text.line(number);
      if (line.isBlank() || line.charAt(0) == '#') {
        continue;
      }
      if (faults.size() == MOST_FAULTS) {
        return;
      }
      int from = 0;
      while (isSpace(line.charAt(from))) {
        from++;
      }
      int end = from;
      while (end < line.length() && !isSpace(line.charAt(end))) {
        end++;
      }
      String key = line.substring(from, end);
      if (from > 0) {
        Span blanks = new Span(number, 1, from);
        add(Diagnostic.Code.BAD_MAP_LINE, blanks, "a key must begin in the first column");
      } else if (line.substring(end).isBlank()) {
        add(
            Diagnostic.Code.BAD_MAP_LINE,
            new Span(number, 1, end),
            "no value for key \"" + key + "\"");
      } else {
        Integer first = seen.putIfAbsent(foldCase ? key.toLowerCase(Locale.ROOT) : key, number);
        if (first != null) {
          add(
              Diagnostic.Code.DUPLICATE_KEY,
              new Span(number, 1, end),
              "key \"" + key + "\" stands on line " + first + " already, and the first one counts");
        }
      }
    }
  }

  private static boolean isSpace(char c) {
    return c < 256 && MapFlags.isSpace((byte) c);
  }

  private void add(Diagnostic.Code code, Span span, String message) {
    faults.add(
        new FileFault(new Diagnostic(code, text.name(), span, span.line(), message, null), text));
  }
}
