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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.rule.Machine;
import postern.rule.Program;
import postern.rule.Trace;
import postern.text.Bytes;
import postern.text.Macros;
import postern.text.Prescan;

/**
 * What one decision costs: the {@code tls_client} chain, the parse of an address, {@code
 * check_rcpt}, through Debian's gateway configuration and through ours, by the number of entries in
 * the access map.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatchingBenchmark {
  /** Whose rule sets. */
  public enum Policy {
    DEBIAN,
    STOCK
  }

  private static final int VARIED = 10_000;

  @Param({"DEBIAN", "STOCK"})
  Policy policy = Policy.DEBIAN;

  @Param({"10", "10000", "1000000"})
  int entries = 10;

  private Machine machine = new Machine(emptyProgram(), new Macros(), Trace.NONE);
  private byte[] tlsClientText = {};
  private byte[] address = {};
  private byte[] longAddress = {};
  private byte[] recipient = {};
  private byte[][] addresses = {};
  private Bytes[] clients = {};
  private Macros scope = new Macros();
  private int clientName;
  private int turn;
  private int translate;
  private int tlsClient;
  private int checkRcpt;

  private static Program emptyProgram() {
    return Compiler.compile(
            postern.source.SourceText.of("empty.cf", ""),
            Compiler.Settings.plain(new Host("gw.example.test", "gw", List.of())))
        .program();
  }

  /** Compiles the policy and checks that the decisions are the ones that are to be measured. */
  @Setup
  public void compile() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("postern-bench");
    Path access = folder.resolve("access");
    StringBuilder lines = new StringBuilder("TLS_Clt:host.client.example\tVERIFY:256\n");
    for (int i = 1; i < entries; i++) {
      lines.append("TLS_Clt:h").append(i).append(".example\tVERIFY:128\n");
    }
    Files.writeString(access, lines, StandardCharsets.ISO_8859_1);
    Configuration configuration = read(folder, access);
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
    machine = new Machine(program, macros, Trace.NONE);
    scope = macros;
    clientName = program.names().id("client_name");
    clients = new Bytes[Math.min(entries - 1, VARIED)];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = Bytes.of("h" + (i + 1) + ".example");
    }
    clients[0] = Bytes.of("host.client.example");
    tlsClientText = "OK $| MAIL".getBytes(StandardCharsets.ISO_8859_1);
    address = "user@host.example".getBytes(StandardCharsets.ISO_8859_1);
    longAddress = "user@sub.host.example.com".getBytes(StandardCharsets.ISO_8859_1);
    addresses = new byte[VARIED][];
    for (int i = 0; i < VARIED; i++) {
      String varied = "user" + i + "@host" + i % 977 + ".dom" + i % 31 + ".test";
      addresses[i] = varied.getBytes(StandardCharsets.ISO_8859_1);
    }
    recipient = "<user@gw.example.test>".getBytes(StandardCharsets.ISO_8859_1);
    translate = program.resolve("Translate");
    tlsClient = program.resolve("tls_client");
    checkRcpt = program.resolve("check_rcpt");
    require(tlsClientChain(), "OK");
    require(parse(), "$#");
    checkRcpt();
    if (machine.isResolved() && machine.symbols().text(machine.token(1)).equals("error")) {
      throw new IllegalStateException("check_rcpt refuses");
    }
  }

  private Configuration read(Path folder, Path access) throws IOException, InterruptedException {
    Host host = new Host("gw.example.test", "gw", List.of());
    if (policy == Policy.DEBIAN) {
      Path cf = DebianGateway.generate(folder, access);
      return Compiler.compile(
          cf.toString(), cf, new Compiler.Settings(host, List.of(), List.of(), false, false));
    }
    String stock =
        Files.readString(Path.of("rulesets/postern.cf"), StandardCharsets.ISO_8859_1)
            + "\nSTranslate\nR$* $$| $*\t$: $1 $| $2\n";
    Path cf = Files.writeString(folder.resolve("stock.cf"), stock, StandardCharsets.ISO_8859_1);
    return Compiler.compile(
        cf.toString(),
        cf,
        new Compiler.Settings(
            host,
            List.of(),
            List.of(
                new Compiler.Setting("{AccessFile}", access.toString(), false),
                new Compiler.Setting("j", "gw.example.test", false)),
            false,
            false));
  }

  private void require(int count, String first) {
    if (count < 1) {
      throw new IllegalStateException("empty result");
    }
    String token = machine.symbols().text(machine.token(0));
    if (!(first.equals("$#") ? machine.isResolved() : token.equals(first))) {
      throw new IllegalStateException("unexpected result " + token);
    }
  }

  private void load(byte[] text) {
    machine.clear();
    machine.add(
        text, 0, text.length, machine.program().tables().rule(), false, 0, Prescan.Reporter.SILENT);
  }

  /** Translate, tls_client and what it calls: verify OK against VERIFY:256. */
  @Benchmark
  public int tlsClientChain() {
    load(tlsClientText);
    machine.run(translate);
    machine.run(tlsClient);
    return machine.count();
  }

  /** The same for another client each time, up to 10,000 in turn, all with entries. */
  @Benchmark
  public int tlsClientVaried() {
    turn = turn + 1 < clients.length ? turn + 1 : 0;
    scope.set(clientName, clients[turn]);
    return tlsClientChain();
  }

  /** {@code 3,0 user@host.example}. */
  @Benchmark
  public int parse() {
    load(address);
    machine.run(3);
    machine.run(0);
    return machine.count();
  }

  /** {@code 3,0} with an address in a domain of three labels. */
  @Benchmark
  public int parseThreeLabels() {
    load(longAddress);
    machine.run(3);
    machine.run(0);
    return machine.count();
  }

  /** {@code 3,0} with another address each time, 10,000 in turn. */
  @Benchmark
  public int parseVaried() {
    turn = turn + 1 < VARIED ? turn + 1 : 0;
    load(addresses[turn]);
    machine.run(3);
    machine.run(0);
    return machine.count();
  }

  /** One recipient of a local domain. */
  @Benchmark
  public int checkRcpt() {
    load(recipient);
    machine.run(checkRcpt);
    return machine.count();
  }
}
