package postern.map;

import postern.source.Diagnostic;
import postern.source.SourceText;

/**
 * Something wrong with the text that a map is read from.
 *
 * @param diagnostic an error keeps the file from being used; a warning does not
 * @param text the file's text, for quoting
 */
public record FileFault(Diagnostic diagnostic, SourceText text) {
  public boolean isError() {
    return diagnostic.isError();
  }

  /** Place, message, the line and a caret. */
  public String render() {
    return diagnostic.render(text);
  }
}
