package postern.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every benchmark under {@code benchmarks/} once, so that none of them rots: each invocation
 * is a single shot in this JVM, which measures nothing and shows everything that throws.
 */
class BenchmarksRunTest {
  private static final Path SOURCES = Path.of("benchmarks");

  @Test
  void everyBenchmarkRuns() throws IOException, RunnerException {
    Set<String> expected = classesWithBenchmarks();
    if (expected.isEmpty()) {
      return; // JMH takes a list without entries for an error
    }
    Options options =
        new OptionsBuilder()
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementBatchSize(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    Set<String> ran =
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .map(method -> method.substring(0, method.lastIndexOf('.')))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, ran);
  }

  /** The benchmark classes by their sources: a class that JMH overlooks is missed here. */
  private static Set<String> classesWithBenchmarks() throws IOException {
    if (!Files.isDirectory(SOURCES)) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (Files.readString(file).contains("@Benchmark\n")) {
          String path = SOURCES.relativize(file).toString().replace('/', '.');
          names.add(path.substring(0, path.length() - ".java".length()));
        }
      }
    }
    return names;
  }
}
