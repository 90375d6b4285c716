package postern.offline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.rule.Machine;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;
import postern.text.MacroNames;
import postern.text.TokenText;

/**
 * Watches evaluations for their reasons: which rule made the result, by way of which callers, which
 * map entries were found, which macros were read, which rules matched at all.
 */
final class ReasonTrace implements Trace {

  /** A rule set that runs, with the rule that is being applied. */
  static final class Frame {
    final RuleSet set;
    @Nullable Rule rule;

    Frame(RuleSet set) {
      this.set = set;
    }
  }

  /** A rule on the way to a result. */
  record Hop(RuleSet set, Rule rule) {}

  /** The workspace after a rule was applied, and the rules that run at that moment. */
  private record Rewrite(String text, List<Hop> path) {}

  /** One run of a rule set that was asked from outside. */
  static final class Evaluation {
    final RuleSet set;
    private final List<Rewrite> rewrites = new ArrayList<>();
    String result = "";
    int entriesBefore;

    Evaluation(RuleSet set) {
      this.set = set;
    }

    /** The rules on the way to the result, outermost first. */
    List<Hop> path() {
      if (result.startsWith("$#")) {
        for (Rewrite rewrite : rewrites) {
          if (rewrite.text.equals(result)) {
            return rewrite.path;
          }
        }
        return List.of();
      }
      List<Hop> path = List.of();
      for (int i = rewrites.size() - 1; i >= 0 && rewrites.get(i).text.equals(result); i--) {
        path = rewrites.get(i).path;
      }
      return path;
    }
  }

  /** A look-up in a map whose entries are lines of a file. */
  record Asked(MapEntry map, String key, boolean found, boolean failed, String value) {}

  private final MacroNames names;
  private final IdentityHashMap<Rule, RuleSet> owners = new IdentityHashMap<>();
  private final List<Frame> stack = new ArrayList<>();
  private final List<Evaluation> evaluations = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private final Set<String> macros = new HashSet<>();
  private final List<String> faults = new ArrayList<>();
  private final Set<Rule> matched = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<String> ran = new HashSet<>();
  private final Set<RuleSet> entered = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder text = new StringBuilder();

  ReasonTrace(MacroNames names) {
    this.names = names;
  }

  /** Forgets what was seen, coverage apart. */
  void begin() {
    stack.clear();
    evaluations.clear();
    asked.clear();
    macros.clear();
    faults.clear();
    ran.clear();
  }

  /** Forgets which rules matched and which rule sets ran. */
  void clearCoverage() {
    matched.clear();
    entered.clear();
  }

  List<Evaluation> evaluations() {
    return evaluations;
  }

  List<Asked> asked() {
    return asked;
  }

  Set<String> macros() {
    return macros;
  }

  List<String> faults() {
    return faults;
  }

  /** Whether rule set {@code name} ran. */
  boolean ran(String name) {
    return ran.contains(name);
  }

  /** Rules that matched since {@link #clearCoverage}. */
  Set<Rule> matched() {
    return matched;
  }

  /** Rule sets that ran since {@link #clearCoverage}. */
  Set<RuleSet> entered() {
    return entered;
  }

  @Override
  public Detail detail() {
    return Detail.RULES;
  }

  @Override
  public void fault(String message, String cause) {
    faults.add(cause.isEmpty() ? message : message + ": " + cause);
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    if (tokens == machine.tokens()) { // not called by a rule
      stack.clear();
      Evaluation evaluation = new Evaluation(set);
      evaluation.entriesBefore = asked.size();
      evaluations.add(evaluation);
    }
    entered.add(set);
    ran.add(set.name());
    for (Rule rule : set.rules()) {
      if (owners.put(rule, set) != null) {
        break; // known already
      }
    }
    stack.add(new Frame(set));
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    unwind(set);
    if (!stack.isEmpty()) {
      stack.remove(stack.size() - 1);
    }
    if (stack.isEmpty() && !evaluations.isEmpty()) {
      evaluations.get(evaluations.size() - 1).result = show(machine, tokens, from, to);
    }
  }

  /** A rule set that faults is never left; drops what such ones put on top of {@code set}. */
  private void unwind(RuleSet set) {
    int top = stack.size() - 1;
    while (top >= 0 && stack.get(top).set != set) {
      top--;
    }
    while (top >= 0 && stack.size() - 1 > top) {
      stack.remove(stack.size() - 1);
    }
  }

  @Override
  public void trying(Rule rule, Machine machine) {
    RuleSet owner = owners.get(rule);
    if (owner != null) {
      unwind(owner);
    }
  }

  @Override
  public void matches(Rule rule, Machine machine) {
    matched.add(rule);
    if (!stack.isEmpty()) {
      stack.get(stack.size() - 1).rule = rule;
    }
  }

  @Override
  public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
    RuleSet owner = owners.get(rule);
    if (owner != null) {
      unwind(owner);
    }
    if (evaluations.isEmpty()) {
      return;
    }
    List<Hop> path = new ArrayList<>(stack.size());
    for (Frame frame : stack) {
      Rule current = frame.rule;
      if (current != null) {
        path.add(new Hop(frame.set, current));
      }
    }
    evaluations
        .get(evaluations.size() - 1)
        .rewrites
        .add(new Rewrite(show(machine, tokens, from, to), path));
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    macros.add(names.display(id));
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    if (MapLines.hasLines(map)) {
      asked.add(
          new Asked(
              map,
              query.key().toString(),
              answer.isFound() && !answer.isTemporaryFailure(),
              answer.isTemporaryFailure(),
              answer.isFound() ? answer.value().toString() : ""));
    }
  }

  /** Tokens with blanks between them, metasymbols in their {@code $} form. */
  private String show(Machine machine, int[] tokens, int from, int to) {
    text.setLength(0);
    for (int i = from; i < to; i++) {
      if (i > from) {
        text.append(' ');
      }
      TokenText.print(machine.symbols().text(tokens[i]), names, text);
    }
    return text.toString();
  }
}
