package postern.offline.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import postern.cf.Configuration;
import postern.offline.Words;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.text.MacroNames;
import postern.text.Meta;
import postern.text.Symbols;

/** Rules that cannot run or cannot match, and names in them that nobody declared. */
final class RuleLints {
  private final Configuration configuration;
  private final Program program;
  private final Symbols symbols;
  private final List<Finding> findings = new ArrayList<>();

  private RuleLints(Configuration configuration) {
    this.configuration = configuration;
    program = configuration.program();
    symbols = program.symbols();
  }

  static List<Finding> of(Configuration configuration) {
    RuleLints lints = new RuleLints(configuration);
    for (RuleSet set : Programs.ruleSets(configuration.program())) {
      lints.reach(set);
      lints.never(set);
      set.rules().forEach(lints::names);
    }
    return lints.findings;
  }

  private void add(LintCode code, Rule rule, String message) {
    findings.add(Finding.of(code, rule.file(), rule.span(), message));
  }

  private void add(LintCode code, Rule rule, String word, String message) {
    findings.add(Finding.of(code, rule.file(), Spot.of(configuration, rule, word), message));
  }

  // ---- what can be reached

  /**
   * A rule is never reached if an earlier one ends the rule set for all that it would match.
   * Between the two the workspace must not change; behind a lone {@code $*} nothing is reached at
   * all.
   */
  private void reach(RuleSet set) {
    List<Rule> rules = set.rules();
    for (int i = 0; i < rules.size(); i++) {
      Rule earlier = rules.get(i);
      if (!ends(earlier)) {
        continue;
      }
      int[] wide = folded(earlier.lhs());
      boolean all = wide.length == 1 && symbols.first(wide[0]) == Meta.ANY0;
      for (int j = i + 1; j < rules.size(); j++) {
        Rule later = rules.get(j);
        if (covers(wide, folded(later.lhs()))) {
          int left = rules.size() - j - 1;
          add(
              LintCode.UNREACHABLE_RULE,
              later,
              "the rule in line %d takes everything that this one would match, and ends rule set %s%s"
                  .formatted(
                      earlier.span().line(),
                      set.name(),
                      all && left > 0 ? "; likewise " + Words.count(left, "more rule") : ""));
          if (all) {
            return;
          }
          break;
        }
        if (!ends(later)) {
          break; // it may turn the workspace into something else
        }
      }
    }
  }

  /** Whether nothing runs in the rule set behind this rule once it was applied. */
  private boolean ends(Rule rule) {
    if (rule.after() == Rule.After.RETURN) {
      return true;
    }
    int[] rhs = rule.rhs();
    int body = rule.after() == Rule.After.NEXT ? 1 : 0;
    return rhs.length > body && symbols.first(rhs[body]) == Meta.NET;
  }

  // ---- what can match

  /**
   * Behind {@code R$* $: word ...} every workspace begins (or ends) with that word, so a rule that
   * wants another one there never matches, until some rule changes the beginning (the end).
   */
  private void never(RuleSet set) {
    int first = Symbols.NONE;
    int last = Symbols.NONE;
    int since = 0;
    for (Rule rule : set.rules()) {
      int[] lhs = folded(rule.lhs());
      int[] rhs = rule.rhs();
      int wantedFirst = lhs.length == 0 ? Symbols.NONE : literal(lhs[0]);
      int wantedLast = lhs.length == 0 ? Symbols.NONE : literal(lhs[lhs.length - 1]);
      if (differ(first, wantedFirst) || differ(last, wantedLast)) {
        boolean front = differ(first, wantedFirst);
        add(
            LintCode.NEVER_MATCHES,
            rule,
            "whatever comes here %s with %s since line %d, and this wants %s there"
                .formatted(
                    front ? "begins" : "ends",
                    symbols.text(front ? first : last),
                    since,
                    symbols.text(front ? wantedFirst : wantedLast)));
        continue;
      }
      if (ends(rule)) {
        continue;
      }
      boolean always = lhs.length == 1 && symbols.first(lhs[0]) == Meta.ANY0;
      int body = rule.after() == Rule.After.NEXT ? 1 : 0;
      int newFirst = rhs.length > body ? literal(rhs[body]) : Symbols.NONE;
      int newLast = rhs.length > body && !calls(rhs) ? literal(rhs[rhs.length - 1]) : Symbols.NONE;
      if (always && body == 1) {
        first = newFirst;
        last = newLast;
        since = rule.span().line();
      } else {
        first = newFirst == first ? first : Symbols.NONE;
        last = newLast == last ? last : Symbols.NONE;
      }
    }
  }

  /** A call takes what stands behind it as its argument. */
  private boolean calls(int[] rhs) {
    for (int token : rhs) {
      if (symbols.first(token) == Meta.CALL) {
        return true;
      }
    }
    return false;
  }

  /** The folded word that {@code token} stands for, NONE if it is none of its own. */
  private int literal(int token) {
    int kind = symbols.first(token);
    return kind < 0 || Meta.isMeta(kind) ? Symbols.NONE : symbols.fold(token);
  }

  private static boolean differ(int known, int wanted) {
    return known != Symbols.NONE && wanted != Symbols.NONE && known != wanted;
  }

  private int[] folded(int[] tokens) {
    int[] all = tokens.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = symbols.fold(all[i]);
    }
    return all;
  }

  /** Whether every workspace that {@code narrow} matches is one that {@code wide} matches. */
  private boolean covers(int[] wide, int[] narrow) {
    if (Arrays.equals(wide, narrow)) {
      return true;
    }
    if (wide.length != 1) {
      return false;
    }
    int only = symbols.first(wide[0]);
    return only == Meta.ANY0 || (only == Meta.ANY1 && least(narrow) > 0);
  }

  /** Least number of tokens that a left-hand side matches. */
  private int least(int[] lhs) {
    int n = 0;
    for (int token : lhs) {
      int kind = symbols.first(token);
      if (kind != Meta.ANY0 && kind != Meta.HOST && kind != Meta.DEXPAND) {
        n++;
      }
    }
    return n;
  }

  // ---- names

  private void names(Rule rule) {
    int[] lhs = rule.lhs();
    for (int token : lhs) {
      int kind = symbols.first(token);
      if (kind == Meta.CLASS && symbols.length(token) > 1) {
        int id = symbols.at(token, 1);
        if (program.classes().longest(id) < 0 && !filledWhileRunning(id)) {
          add(
              LintCode.EMPTY_CLASS,
              rule,
              "$=" + program.names().display(id),
              "class %s has no members, so this rule never matches"
                  .formatted(program.names().display(id)));
        }
      }
    }
    int[] rhs = rule.rhs();
    for (int i = 0; i + 1 < rhs.length; i++) {
      int kind = symbols.first(rhs[i]);
      String next = symbols.text(rhs[i + 1]);
      if (next.isEmpty() || Meta.isMeta(next.charAt(0))) {
        continue;
      }
      if (kind == Meta.CALL && program.resolve(next.replace("\"", "")) == -1) {
        add(
            LintCode.UNDEFINED_RULE_SET,
            rule,
            "$>" + next,
            "there is no rule set " + next + "; calling it is a fault, and the check is lost");
      }
      if (kind == Meta.LOOKUP && program.maps().find(next) == null) {
        add(
            LintCode.UNKNOWN_MAP,
            rule,
            "$(" + next,
            "no K line declares map " + next + "; look-ups in it find nothing");
      }
    }
  }

  private boolean filledWhileRunning(int id) {
    int altNames = program.names().known("cert_altnames");
    return altNames != MacroNames.BAD && id == altNames;
  }
}
