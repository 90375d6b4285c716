package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.Words;
import postern.offline.suite.Coverage;
import postern.offline.suite.CoveragePage;
import postern.offline.suite.JUnitXml;
import postern.offline.suite.Mutant;
import postern.offline.suite.Mutation;
import postern.offline.suite.SuiteException;
import postern.offline.suite.SuiteFile;
import postern.offline.suite.SuiteReader;
import postern.offline.suite.SuiteRunner;
import postern.offline.suite.TestResult;
import postern.source.SourceText;

/** {@code postern test}: runs policy tests. */
final class TestCommand {
  static final String HELP =
      """
      postern test: policy tests, written down in text files (docs/policy-tests.md)

        postern test [-C FILE] [FILE|FOLDER]...   without one: rulesets/tests

        --coverage       list the rules and access lines that no test used
        --mutate         drop and alter each rule and access line, report what no test notices
        --only A,B,C     with --mutate: these rule sets only
        --at-least N     with --mutate: fail if less than N % of the mutants are noticed
        --junit FILE     results as JUnit XML
        --html FILE      a page that shows each rule and whether a test made it match
        --watch          run again whenever a test, a policy or an access map changes

      A test file may name its policy; -C is for those that do not. Exit codes: 0 all passed,
      1 a test failed, 78 the policy or a test file has errors, 130 stopped by Ctrl-C: mutants that
      were tried until then are told, and --at-least is not met.
      """;

  private final SendmailSwitches switches;
  private final PrintStream out;

  private TestCommand(SendmailSwitches switches, PrintStream out) {
    this.switches = switches;
    this.out = out;
  }

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("test", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    boolean coverage = flags.has("coverage");
    boolean mutate = flags.has("mutate");
    boolean watch = flags.has("watch");
    String html = flags.value("html");
    String only = flags.value("only");
    String junit = flags.value("junit");
    int least = percent(flags.value("at-least"));
    List<Path> files = files(flags.operands());
    if (watch) {
      return watch(arguments, switches, files, out);
    }
    TestCommand command = new TestCommand(switches, out);
    List<SuiteRunner.Run> runs = new ArrayList<>();
    int status = command.runs(files, runs);
    if (status != ExitStatus.OK) {
      return status;
    }
    if (junit != null) {
      Files.writeString(Path.of(junit), JUnitXml.of(runs));
    }
    if (html != null) {
      Files.writeString(Path.of(html), CoveragePage.of(runs));
    }
    boolean passed = command.report(runs);
    Coverage covered = new Coverage(runs);
    command.summary(runs, covered);
    if (coverage) {
      command.uncovered(covered);
    }
    if (!passed) {
      return 1;
    }
    return mutate
        ? command.mutate(runs, only == null ? Set.of() : Set.of(only.split(",")), least)
        : ExitStatus.OK;
  }

  /** Runs the tests again and again, until Ctrl-C. */
  private static int watch(
      List<String> arguments, SendmailSwitches switches, List<Path> files, PrintStream out)
      throws UsageException, IOException {
    List<String> once = new ArrayList<>(arguments);
    once.remove("--watch");
    while (true) {
      Set<Path> watched = new HashSet<>(files);
      watched.add(Path.of(switches.configurationFile()));
      for (Path file : files) {
        SuiteFile suite = SuiteReader.read(file);
        if (suite.policy() != null) {
          watched.add(suite.policy());
        }
        if (suite.accessFile() != null) {
          watched.add(suite.accessFile());
        }
      }
      String before = FileWatch.stamp(watched);
      try {
        run(once, out);
      } catch (IOException e) { // a file that is just being replaced
        out.println("postern: " + e.getMessage());
      }
      out.println(Ink.DIM.on("Waiting for a change; Ctrl-C ends."));
      out.flush();
      try {
        FileWatch.await(watched, before);
      } catch (InterruptedException e) {
        return ExitStatus.OK;
      }
      out.println();
    }
  }

  private static int percent(@Nullable String text) throws UsageException {
    if (text == null) {
      return 0;
    }
    if (!text.matches("[0-9]{1,3}")) {
      throw new UsageException("test: --at-least wants a percentage, not " + text);
    }
    return Integer.parseInt(text);
  }

  private static List<Path> files(List<String> given) throws UsageException, IOException {
    List<String> names =
        given.isEmpty() ? List.of(Home.rulesets().resolve("tests").toString()) : given;
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        try (Stream<Path> found = Files.list(path)) {
          files.addAll(found.filter(f -> f.toString().endsWith(".test")).sorted().toList());
        }
      } else if (Files.isRegularFile(path)) {
        files.add(path);
      } else {
        throw new UsageException("test: no file " + name);
      }
    }
    if (files.isEmpty()) {
      throw new UsageException("test: no *.test in " + String.join(", ", names));
    }
    return files;
  }

  private int runs(List<Path> files, List<SuiteRunner.Run> runs) throws IOException {
    SuiteRunner runner = new SuiteRunner(this::build);
    int status = ExitStatus.OK;
    for (Path file : files) {
      SuiteFile suite = SuiteReader.read(file);
      if (!suite.problems().isEmpty()) {
        suite.problems().forEach(System.err::println);
        status = ExitStatus.CONFIGURATION;
        continue;
      }
      try {
        runs.add(runner.run(suite));
      } catch (SuiteException e) {
        System.err.println(e.getMessage());
        status = ExitStatus.CONFIGURATION;
      }
    }
    return status;
  }

  private Configuration build(
      @Nullable Path policy,
      @Nullable SourceText replacement,
      Host host,
      List<Compiler.Setting> macros,
      List<Compiler.Setting> options,
      List<String> additions)
      throws IOException {
    String name = policy == null ? switches.configurationFile() : policy.toString();
    List<Compiler.Setting> allMacros = new ArrayList<>(macros);
    allMacros.addAll(switches.macros());
    List<Compiler.Setting> allOptions = new ArrayList<>(options);
    allOptions.addAll(switches.options());
    Compiler.Settings settings = new Compiler.Settings(host, allOptions, allMacros, false, false);
    if (replacement != null) {
      return Compiler.compile(replacement, settings);
    }
    if (!additions.isEmpty()) {
      String text = SourceText.read(Path.of(name)).text() + String.join("\n", additions) + "\n";
      return Compiler.compile(SourceText.of(name, text), settings);
    }
    return name.endsWith(".mc")
        ? McCompiler.compile(name, Home.rulesets().resolve("postern.cf"), settings)
        : Compiler.compile(name, Path.of(name), settings);
  }

  private boolean report(List<SuiteRunner.Run> runs) {
    boolean passed = true;
    for (SuiteRunner.Run run : runs) {
      long failures = run.failures();
      passed &= failures == 0;
      String file = Words.path(run.suite().file().toString());
      out.println(
          "%s: %s"
              .formatted(
                  file,
                  failures == 0
                      ? Ink.GREEN.on(run.results().size() + " passed")
                      : Ink.RED.on(failures + " of " + run.results().size() + " failed")));
      String title = "";
      for (TestResult result : run.results()) {
        if (result.passed()) {
          continue;
        }
        if (!result.test().title().equals(title)) {
          title = result.test().title();
          out.println("  " + Ink.BOLD.on(title));
        }
        out.println("  " + file + ":" + result.test().line() + ": " + result.test().text());
        out.println("    expected  " + result.test().expectation());
        out.println("    got       " + result.answer());
        out.println("    " + Words.wrap(result.why(), Words.WIDTH - 4, "    "));
      }
    }
    return passed;
  }

  private void summary(List<SuiteRunner.Run> runs, Coverage covered) {
    long tests = runs.stream().mapToLong(r -> r.results().size()).sum();
    long failed = runs.stream().mapToLong(SuiteRunner.Run::failures).sum();
    out.println(
        "%s, %s failed; %d of %d rules matched, %d of %d access lines used"
            .formatted(
                Words.count(tests, "test"),
                failed == 0 ? "none" : Words.number(failed),
                covered.rulesMatched(),
                covered.rules(),
                covered.lines() - covered.linesUnused().size(),
                covered.lines()));
  }

  private void uncovered(Coverage covered) {
    out.println();
    out.println("Rule sets that tests reach, and the lines of rules that never matched:");
    List<String> unreached = new ArrayList<>();
    for (Coverage.SetCoverage set : covered.ruleSets()) {
      if (!set.entered()) {
        unreached.add(set.name());
        continue;
      }
      int all = set.matched().size() + set.unmatched().size();
      String lines = String.join(" ", set.unmatched().stream().map(String::valueOf).toList());
      out.println(
          "  %-20s %3d of %3d  %s"
              .formatted(
                  set.name(),
                  set.matched().size(),
                  all,
                  Words.wrap(lines, Words.WIDTH - 38, " ".repeat(36))));
    }
    if (!unreached.isEmpty()) {
      out.println(Words.wrap("No test reaches: " + String.join(" ", unreached), Words.WIDTH, "  "));
    }
    if (!covered.linesUnused().isEmpty()) {
      out.println("Access lines that no test used:");
      covered.linesUnused().forEach(line -> out.println("  " + Words.path(line)));
    }
  }

  private int mutate(List<SuiteRunner.Run> runs, Set<String> only, int least) throws IOException {
    @SuppressWarnings("SystemConsoleNull") // isTerminal() is not there on JDK 17
    boolean terminal = System.console() != null;
    try (Interrupt interrupt = new Interrupt()) {
      Mutation.Outcome outcome =
          new Mutation(this::build, runs)
              .run(
                  only,
                  left -> {
                    if (terminal && left % 10 == 0) {
                      System.err.print("\r" + left + " mutants left   \r");
                    }
                  },
                  interrupt::asked);
      survivors(outcome);
      if (outcome.left() > 0) {
        out.println(
            "Stopped before its end: %s not tried, no verdict."
                .formatted(Words.count(outcome.left(), "mutant")));
        return ExitStatus.INTERRUPTED;
      }
      return outcome.killed() * 100 < least ? 1 : ExitStatus.OK;
    }
  }

  private void survivors(Mutation.Outcome outcome) {
    out.println();
    int dead = outcome.mutants() - outcome.survivors().size();
    out.println(
        "%d of %d mutants noticed (%.1f %%)"
            .formatted(dead, outcome.mutants(), outcome.killed() * 100));
    for (Mutant mutant : outcome.survivors()) {
      out.println(
          "%s:%d: %s%s"
              .formatted(
                  Words.path(mutant.file()),
                  mutant.line(),
                  mutant.ruleSet().isEmpty() ? "" : mutant.ruleSet() + ": ",
                  mutant.what()));
      out.println("  - " + mutant.original());
      if (!mutant.what().equals("dropped")) {
        out.println("  + " + mutant.changed());
      }
    }
    if (!outcome.unreached().isEmpty()) {
      out.println(
          Words.wrap(
              "Left alone, as no test reaches them: " + String.join(" ", outcome.unreached()),
              Words.WIDTH,
              "  "));
    }
  }
}
