package postern.offline.lint;

import java.util.List;
import postern.source.SourceText;
import postern.source.Span;

/**
 * Where the lines of a configuration that was put together from several files come from.
 *
 * @param joined name that the text put together goes by
 * @param lines for each of its lines the place of the first character
 * @param texts the files, for quoting
 */
public record Origins(String joined, List<Line> lines, List<SourceText> texts) {
  /** Nothing was put together. */
  public static final Origins NONE = new Origins("", List.of(), List.of());

  /** A line of a file. */
  public record Line(String file, int number) {}

  public Origins {
    lines = List.copyOf(lines);
    texts = List.copyOf(texts);
  }

  /** The same finding at the place that its line came from. */
  Finding placed(Finding finding) {
    int line = finding.span().line();
    if (!finding.file().equals(joined) || line < 1 || line > lines.size()) {
      return finding;
    }
    Line origin = lines.get(line - 1);
    return new Finding(
        finding.code(),
        finding.level(),
        origin.file(),
        new Span(origin.number(), finding.span().column(), finding.span().length()),
        finding.message());
  }
}
