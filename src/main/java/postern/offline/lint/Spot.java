package postern.offline.lint;

import postern.cf.Configuration;
import postern.rule.Rule;
import postern.source.SourceText;
import postern.source.Span;

/** Finds the word within a rule that a finding is about. */
final class Spot {
  private Spot() {}

  /** Where {@code word} first stands in {@code rule}; the whole rule if it is not to be found. */
  static Span of(Configuration configuration, Rule rule, String word) {
    for (SourceText text : configuration.sources()) {
      if (!text.name().equals(rule.file())) {
        continue;
      }
      for (int line = rule.span().line(); line <= rule.line(); line++) {
        int at = text.line(line).indexOf(word);
        if (at >= 0) {
          return new Span(line, at + 1, word.length());
        }
      }
    }
    return rule.span();
  }
}
