package postern.rule;

import java.util.IdentityHashMap;
import postern.text.Meta;
import postern.text.Symbols;

/** Remembers which rules' listings have lost the quotes around names in calls. */
final class Quotes {
  private static final int CALL = Symbols.ofMeta(Meta.CALL);

  private final IdentityHashMap<Rule, int[]> shown = new IdentityHashMap<>();

  /** {@code rule} was applied, and called {@code quoted} by its bare {@code name}. */
  void lose(Rule rule, int quoted, int name) {
    int[] rhs = shown.get(rule);
    if (rhs == null) {
      rhs = rule.rhs();
      shown.put(rule, rhs);
    }
    for (int i = rule.body + 1; i < rhs.length; i++) {
      if (rhs[i] == quoted && rhs[i - 1] == CALL) {
        rhs[i] = name;
      }
    }
  }

  int[] rhs(Rule rule) {
    int[] rhs = shown.get(rule);
    return rhs == null ? rule.rhs() : rhs.clone();
  }
}
