package postern.cf.mc;

import java.util.Map;

/** Reads {@code .mc} files: m4's quotes and definitions, sendmail's words, without m4. */
public final class McReader {
  /** Characters that a file may have, and each file that it includes. */
  public static final int MAX_TEXT = 1 << 20;

  private McReader() {}

  /** Reads {@code text}, which includes nothing; never throws for what the text says. */
  public static McFile read(String name, String text) {
    return read(name, text, McIncludes.NONE);
  }

  /**
   * Reads {@code text}; never throws for what the text says.
   *
   * @param name for diagnostics
   * @param includes asked for the files that the text includes
   */
  public static McFile read(String name, String text, McIncludes includes) {
    McCollector collector = new McCollector();
    if (text.length() > MAX_TEXT) {
      collector.error(
          new McPlace(name, 1, 1, 1), "the file is longer than " + MAX_TEXT + " characters");
      return collector.finish(name, Map.of());
    }
    McExpander expander = new McExpander(collector, includes);
    Map<String, McDefine> definitions = Map.of();
    try {
      expander.file(name, text);
      definitions = expander.definitions();
    } catch (McExpander.TooMuch e) {
      collector.error(e.problem.place(), e.problem.message());
    }
    definitions.values().forEach(define -> McOptions.check(define, collector));
    return collector.finish(name, definitions);
  }
}
