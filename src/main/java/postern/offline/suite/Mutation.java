package postern.offline.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import postern.cf.Configuration;
import postern.offline.Decider;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.source.SourceText;

/**
 * Mutation testing: drops or alters each rule and each access line that tests reach, one at a time,
 * and sees whether a test fails. What no test notices is not tested.
 */
public final class Mutation {
  private final Builder builder;
  private final List<SuiteRunner.Run> runs;

  /**
   * A mutation of what {@code runs} tested.
   *
   * @param runs results of all test files, all passed
   */
  public Mutation(Builder builder, List<SuiteRunner.Run> runs) {
    this.builder = builder;
    this.runs = List.copyOf(runs);
  }

  /**
   * What came of it.
   *
   * @param mutants how many were tried
   * @param left how many were not, because it was stopped before its end
   * @param survivors mutants that were tried and no test noticed, by place
   * @param unreached rule sets with rules that no test reaches; they were left alone
   */
  public record Outcome(int mutants, int left, List<Mutant> survivors, List<String> unreached) {
    public Outcome {
      survivors = List.copyOf(survivors);
      unreached = List.copyOf(unreached);
    }

    /** Share of the mutants tried that a test noticed, 0 to 1. */
    public double killed() {
      return mutants == 0 ? 1 : 1 - (double) survivors.size() / mutants;
    }
  }

  /** A mutant with the runs in which it can be noticed. */
  private record Job(Mutant mutant, List<SuiteRunner.Run> runs) {}

  /**
   * Runs all mutants.
   *
   * @param only names of rule sets to look at, empty for all that tests reach
   * @param progress told how many mutants are left, from any thread
   * @param enough whether to stop; it does so within a second
   */
  public Outcome run(Set<String> only, IntConsumer progress, BooleanSupplier enough)
      throws IOException {
    List<Job> jobs = new ArrayList<>();
    Set<String> unreached = new LinkedHashSet<>();
    rules(only, jobs, unreached);
    if (only.isEmpty()) {
      for (SuiteRunner.Run run : runs) {
        String file =
            run.suite().accessFile() == null
                ? run.suite().file().toString()
                : run.suite().accessFile().toString();
        Mutants.of(file, new TreeMap<>(run.access()))
            .forEach(mutant -> jobs.add(new Job(mutant, List.of(run))));
      }
    }
    Trials trials = new Trials(jobs.size());
    try (Workshop one = new Workshop(builder)) {
      trials.run(job -> notices(one, jobs.get(job)), progress, enough);
    }
    List<Integer> survivors = trials.survivors();
    int left = trials.left();
    return new Outcome(
        jobs.size() - left,
        left,
        survivors.stream().map(job -> jobs.get(job).mutant()).toList(),
        new ArrayList<>(unreached));
  }

  private void rules(Set<String> only, List<Job> jobs, Set<String> unreached) {
    Map<String, List<SuiteRunner.Run>> byPolicy = new LinkedHashMap<>();
    for (SuiteRunner.Run run : runs) {
      SourceText text = run.configuration().sources().get(0);
      byPolicy.computeIfAbsent(text.name(), name -> new ArrayList<>()).add(run);
    }
    for (List<SuiteRunner.Run> group : byPolicy.values()) {
      Configuration configuration = group.get(0).configuration();
      SourceText source = configuration.sources().get(0);
      for (RuleSet set : Coverage.sets(configuration.program())) {
        List<SuiteRunner.Run> reaching =
            group.stream()
                .filter(run -> run.results().stream().anyMatch(r -> r.sets().contains(set.name())))
                .toList();
        if (!only.isEmpty() && !only.contains(set.name())) {
          continue;
        }
        if (reaching.isEmpty()) {
          unreached.add(set.name());
          continue;
        }
        for (Rule rule : set.rules()) {
          if (rule.file().equals(source.name())) {
            Mutants.of(set, rule, source).forEach(m -> jobs.add(new Job(m, reaching)));
          }
        }
      }
    }
  }

  private boolean notices(Workshop workshop, Job job) {
    try {
      for (SuiteRunner.Run run : job.runs()) {
        if (notices(workshop, job.mutant(), run)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean notices(Workshop workshop, Mutant mutant, SuiteRunner.Run run)
      throws IOException {
    Configuration mutated;
    if (mutant.inAccessMap()) {
      Map<Integer, String> access = new TreeMap<>(run.access());
      if (mutant.changed().isEmpty()) {
        access.remove(mutant.line());
      } else {
        access.put(mutant.line(), mutant.changed());
      }
      mutated = workshop.configuration(run.suite(), null, access);
    } else {
      SourceText source = run.configuration().sources().get(0);
      mutated =
          workshop.configuration(
              run.suite(), replaced(source, mutant), new TreeMap<>(run.access()));
    }
    if (mutated.hasErrors()) {
      return true; // the compiler noticed
    }
    Decider decider = new Decider(mutated);
    for (TestResult result : run.results()) {
      boolean concerned =
          mutant.inAccessMap()
              ? result.lines().contains(mutant.line())
              : result.sets().contains(mutant.ruleSet());
      if (concerned) {
        PolicyTest test = result.test();
        String answer =
            decider.decide(test.facts().record(test.hook().role()), test.hook()).answer();
        if (!test.accepts(answer)) {
          return true;
        }
      }
    }
    return false;
  }

  private static SourceText replaced(SourceText source, Mutant mutant) {
    int from = source.lineStarts().get(mutant.line() - 1);
    int to = from + source.line(mutant.line()).length();
    return SourceText.of(
        source.name(),
        source.text().substring(0, from) + mutant.changed() + source.text().substring(to));
  }
}
