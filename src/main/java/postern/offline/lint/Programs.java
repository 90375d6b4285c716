package postern.offline.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.text.Meta;

/** Ways through a compiled program. */
final class Programs {
  private Programs() {}

  /** Rule sets that have rules. */
  static List<RuleSet> ruleSets(Program program) {
    List<RuleSet> sets = new ArrayList<>();
    for (int number = 0; number < Program.LIMIT; number++) {
      RuleSet set = program.ruleSet(number);
      if (!set.isEmpty()) {
        sets.add(set);
      }
    }
    return sets;
  }

  /** All words that stand for themselves in some rule, in lower case. */
  static Set<String> words(Program program) {
    Set<String> words = new HashSet<>();
    for (RuleSet set : ruleSets(program)) {
      for (Rule rule : set.rules()) {
        add(program, rule.lhs(), words);
        add(program, rule.rhs(), words);
      }
    }
    return words;
  }

  private static void add(Program program, int[] tokens, Set<String> words) {
    for (int token : tokens) {
      if (!Meta.isMeta(program.symbols().first(token))) {
        words.add(program.symbols().text(token).replace("\"", "").toLowerCase(Locale.ROOT));
      }
    }
  }
}
