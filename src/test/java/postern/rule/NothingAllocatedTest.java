package postern.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.text.Macros;
import postern.text.Prescan;

/**
 * An evaluation in steady state allocates nothing; MatchingBenchmark says what it costs besides.
 */
class NothingAllocatedTest {
  private static final int WARM = 20_000;
  private static final int EVALUATIONS = 10_000;

  /** What the thread may be charged for that is not ours: the measurement itself. */
  private static final long MOST = 2 * EVALUATIONS;

  @TempDir Path folder;

  /**
   * Maps that are read as text. Those of class {@code regex} make objects for each look-up (their
   * library does), and data base files are read from disk.
   */
  @ParameterizedTest
  @ValueSource(strings = {"hash", "text"})
  void byRuleSetsAndTheirMaps(String form) throws Exception {
    Path access = folder.resolve("access");
    Files.writeString(access, "tls_clt:host.client.example\tVERIFY:256\n");
    String columns = form.equals("text") ? " -k0 -v1" : "";
    Path cf =
        Files.writeString(
            folder.resolve("stock.cf"),
            Files.readString(Path.of("rulesets/postern.cf"), StandardCharsets.ISO_8859_1)
                + "\nSTranslate\nR$* $$| $*\t$: $1 $| $2\n",
            StandardCharsets.ISO_8859_1);
    Configuration configuration =
        Compiler.compile(
            cf.toString(),
            cf,
            new Compiler.Settings(
                new Host("gw.example.test", "gw", List.of()),
                List.of(),
                List.of(
                    new Compiler.Setting("{AccessMap}", form + columns + " -T<TMPF>", false),
                    new Compiler.Setting("{AccessFile}", access.toString(), false)),
                false,
                false));
    Program program = configuration.program();
    Macros macros = new Macros(program.macros());
    for (String[] macro :
        new String[][] {
          {"verify", "OK"},
          {"cipher_bits", "256"},
          {"client_name", "host.client.example"},
          {"client_addr", "192.0.2.30"},
          {"cn_subject", "host.client.example"}
        }) {
      macros.set(program.names().id(macro[0]), macro[1]);
    }
    Machine machine = new Machine(program, macros, Trace.NONE);
    assertNothing(
        machine, "OK $| MAIL", program.resolve("Translate"), program.resolve("tls_client"));
    assertEquals("OK", machine.symbols().text(machine.token(0)));
    assertNothing(machine, "user@host.example", 3, 0);
    assertTrue(machine.isResolved());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertNothing(Machine machine, String text, int... ruleSets) {
    byte[] input = bytes(text);
    evaluate(machine, input, ruleSets, WARM);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5 && least > MOST; round++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      evaluate(machine, input, ruleSets, EVALUATIONS);
      long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      least = Math.min(least, after - before);
    }
    assertTrue(least <= MOST, text + ": " + least / (double) EVALUATIONS + " bytes an evaluation");
  }

  private static void evaluate(Machine machine, byte[] input, int[] ruleSets, int times) {
    for (int i = 0; i < times; i++) {
      machine.clear();
      machine.add(
          input,
          0,
          input.length,
          machine.program().tables().rule(),
          false,
          0,
          Prescan.Reporter.SILENT);
      for (int ruleSet : ruleSets) {
        machine.run(ruleSet);
      }
    }
  }
}
