package postern.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;

/** What reading Debian's gateway configuration (some 1,800 lines) costs in a warm JVM. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadingBenchmark {
  private static final int FEWEST_LINES = 1500;

  private Path file = Path.of("gateway.cf");
  private Compiler.Settings settings =
      new Compiler.Settings(
          new Host("gw.example.test", "gw", List.of()), List.of(), List.of(), false, false);

  /** Generates the file. */
  @Setup
  public void generate() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("postern-bench");
    Path access = Files.writeString(folder.resolve("access"), "example.org\tREJECT\n");
    file = DebianGateway.generate(folder, access);
    int lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1).size();
    if (lines < FEWEST_LINES || read().program().resolve("tls_client") < 0) {
      throw new IllegalStateException("not Debian's gateway: " + lines + " lines");
    }
  }

  /** From the file to what runs. */
  @Benchmark
  public Configuration read() {
    return Compiler.compile(file.toString(), file, settings);
  }
}
