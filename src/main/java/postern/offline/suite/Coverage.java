package postern.offline.suite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.RuleSet;

/** Which rules matched in tests, and which lines of access maps answered. */
public final class Coverage {
  private final Map<String, SetCoverage> sets = new TreeMap<>();
  private final Map<String, Boolean> lines = new LinkedHashMap<>();

  /** The rules of one rule set: line numbers of those that matched, and of those that did not. */
  public record SetCoverage(
      String name, boolean entered, List<Integer> matched, List<Integer> unmatched, String file) {}

  /** Counts what the tests of these runs did. */
  public Coverage(Collection<SuiteRunner.Run> runs) {
    Set<String> matched = new HashSet<>();
    Set<String> entered = new HashSet<>();
    for (SuiteRunner.Run run : runs) {
      Set<Integer> answered = new HashSet<>();
      for (TestResult result : run.results()) {
        matched.addAll(result.rules());
        entered.addAll(result.sets());
        answered.addAll(result.lines());
      }
      String file =
          run.suite().accessFile() == null
              ? run.suite().file().toString()
              : run.suite().accessFile().toString();
      for (Integer line : new TreeMap<>(run.access()).keySet()) {
        lines.merge(file + ":" + line, answered.contains(line), Boolean::logicalOr);
      }
    }
    for (SuiteRunner.Run run : runs) {
      for (RuleSet set : sets(run.configuration().program())) {
        List<Integer> yes = new ArrayList<>();
        List<Integer> no = new ArrayList<>();
        for (Rule rule : set.rules()) {
          (matched.contains(SuiteRunner.key(rule)) ? yes : no).add(rule.span().line());
        }
        sets.putIfAbsent(
            set.rules().get(0).file() + " " + set.name(),
            new SetCoverage(
                set.name(), entered.contains(set.name()), yes, no, set.rules().get(0).file()));
      }
    }
  }

  /** Rule sets that have rules. */
  static List<RuleSet> sets(Program program) {
    List<RuleSet> all = new ArrayList<>();
    for (int number = 0; number < Program.LIMIT; number++) {
      RuleSet set = program.ruleSet(number);
      if (!set.isEmpty()) {
        all.add(set);
      }
    }
    return all;
  }

  /** All rule sets, by file and name. */
  public List<SetCoverage> ruleSets() {
    return List.copyOf(sets.values());
  }

  public int rules() {
    return sets.values().stream().mapToInt(s -> s.matched().size() + s.unmatched().size()).sum();
  }

  public int rulesMatched() {
    return sets.values().stream().mapToInt(s -> s.matched().size()).sum();
  }

  /** Access lines that no test used, {@code file:line}. */
  public List<String> linesUnused() {
    return lines.entrySet().stream().filter(e -> !e.getValue()).map(Map.Entry::getKey).toList();
  }

  public int lines() {
    return lines.size();
  }
}
