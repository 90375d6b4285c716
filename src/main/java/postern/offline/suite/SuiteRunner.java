package postern.offline.suite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import postern.cf.Configuration;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Explanation;
import postern.offline.MapLine;
import postern.offline.SessionRecord;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.source.Diagnostic;

/** Runs test files. */
public final class SuiteRunner {
  private final Builder builder;

  public SuiteRunner(Builder builder) {
    this.builder = builder;
  }

  /**
   * The results of one file, with the configuration they were got from.
   *
   * @param access lines of the access map by number
   */
  public record Run(
      SuiteFile suite,
      Configuration configuration,
      Map<Integer, String> access,
      List<TestResult> results) {
    public Run {
      access = Map.copyOf(access);
      results = List.copyOf(results);
    }

    /** How many tests failed. */
    public long failures() {
      return results.stream().filter(r -> !r.passed()).count();
    }
  }

  /**
   * Runs all tests of {@code suite}.
   *
   * @throws IOException if a file cannot be read
   * @throws SuiteException if the configuration has errors
   */
  public Run run(SuiteFile suite) throws IOException, SuiteException {
    try (Workshop workshop = new Workshop(builder)) {
      Map<Integer, String> access = Workshop.accessLines(suite);
      Configuration configuration = workshop.configuration(suite, null, access);
      if (configuration.hasErrors()) {
        Diagnostic first =
            configuration.diagnostics().stream()
                .filter(Diagnostic::isError)
                .findFirst()
                .orElseThrow();
        throw new SuiteException(
            suite.file()
                + ": the policy has errors:\n"
                + first.render(configuration.source(first)));
      }
      return new Run(suite, configuration, access, results(suite, configuration));
    }
  }

  private static List<TestResult> results(SuiteFile suite, Configuration configuration) {
    Decider decider = new Decider(configuration);
    List<TestResult> results = new ArrayList<>();
    for (PolicyTest test : suite.tests()) {
      long start = System.nanoTime();
      Decider.Watched watched =
          decider.watched(test.facts().record(test.hook().role()), test.hook());
      long nanos = System.nanoTime() - start;
      Decision decision = watched.decision();
      SessionRecord record = test.facts().record(test.hook().role());
      Set<String> rules = new HashSet<>();
      for (Rule rule : watched.matched()) {
        rules.add(key(rule));
      }
      Set<String> sets = new HashSet<>();
      for (RuleSet set : watched.entered()) {
        sets.add(set.name());
      }
      Set<Integer> lines = new HashSet<>();
      for (Decision.Found found : watched.found()) {
        MapLine line = found.line();
        if (line != null) {
          lines.add(line.line());
        }
      }
      results.add(
          new TestResult(
              suite,
              test,
              decision.answer(),
              new Explanation(record, decision, List.of()).reason(),
              rules,
              sets,
              lines,
              nanos));
    }
    return results;
  }

  /** Name of a rule: where it stands. */
  static String key(Rule rule) {
    return rule.file() + ":" + rule.span().line();
  }
}
