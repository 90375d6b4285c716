package postern.offline;

import postern.cf.Configuration;
import postern.rule.Rule;
import postern.source.SourceText;

/**
 * Where a rule stands.
 *
 * @param ruleSet name of the rule set it ran in
 * @param file the configuration file
 * @param line first line of the rule
 * @param source the line, without what follows a second run of tabs
 */
public record Place(String ruleSet, String file, int line, String source) {

  /** The place of {@code rule} of rule set {@code ruleSet}. */
  public static Place of(Configuration configuration, String ruleSet, Rule rule) {
    int line = rule.span().line();
    for (SourceText text : configuration.sources()) {
      if (text.name().equals(rule.file())) {
        return new Place(ruleSet, rule.file(), line, sides(text.line(line)));
      }
    }
    return new Place(ruleSet, rule.file(), line, "");
  }

  /** Both sides of an R line, without its comment. */
  private static String sides(String line) {
    int tab = line.indexOf('\t');
    if (tab < 0) {
      return line;
    }
    int right = tab;
    while (right < line.length() && line.charAt(right) == '\t') {
      right++;
    }
    int note = line.indexOf('\t', right);
    String rhs = note < 0 ? line.substring(right) : line.substring(right, note);
    return line.substring(0, tab).stripTrailing() + "   " + rhs.strip();
  }

  @Override
  public String toString() {
    return Words.path(file) + ":" + line;
  }
}
