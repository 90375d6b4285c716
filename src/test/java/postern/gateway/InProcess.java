package postern.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.tls.DemoCertificates;

/** A gateway with the stock policy and demonstration certificates within this Java VM. */
final class InProcess implements AutoCloseable {
  private static final Path STOCK = Path.of("rulesets", "postern.cf").toAbsolutePath();

  private final Path folder;
  private final Gateway gateway;
  private final DemoCertificates.Location certificates;

  private InProcess(Path folder, Gateway gateway, DemoCertificates.Location certificates) {
    this.folder = folder;
    this.gateway = gateway;
    this.certificates = certificates;
  }

  /**
   * Starts it on a free port.
   *
   * @param folder for its data; {@code access} in it is the access map
   * @param options on top of those that name the certificates
   */
  static InProcess start(Path folder, Map<String, String> options)
      throws IOException, StartupException {
    return start(folder, STOCK, options, Map.of(), () -> {});
  }

  /** The same, with something that happens when the configuration was compiled. */
  static InProcess start(Path folder, Path policy, Runnable compiled)
      throws IOException, StartupException {
    return start(folder, policy, Map.of(), Map.of(), compiled);
  }

  /** The same with a policy of the test's own. */
  static InProcess start(Path folder, Path policy, Map<String, String> options)
      throws IOException, StartupException {
    return start(folder, policy, options, Map.of(), () -> {});
  }

  /** The same with macros on top, {@code {SmartHost}} and the like. */
  static InProcess start(Path folder, Map<String, String> options, Map<String, String> defined)
      throws IOException, StartupException {
    return start(folder, STOCK, options, defined, () -> {});
  }

  /** The same with both. */
  static InProcess start(
      Path folder, Path policy, Map<String, String> options, Map<String, String> defined)
      throws IOException, StartupException {
    return start(folder, policy, options, defined, () -> {});
  }

  private static InProcess start(
      Path folder,
      Path policy,
      Map<String, String> options,
      Map<String, String> defined,
      Runnable compiled)
      throws IOException, StartupException {
    DemoCertificates.Location at = DemoCertificates.ensure(folder.resolve("tls"), "gw.test");
    List<Compiler.Setting> settings = new ArrayList<>();
    add(settings, "CACertPath", at.caPath().toString());
    add(settings, "CACertFile", at.caFile().toString());
    add(settings, "ServerCertFile", at.serverCert().toString());
    add(settings, "ServerKeyFile", at.serverKey().toString());
    add(settings, "ClientCertFile", at.clientCert().toString());
    add(settings, "ClientKeyFile", at.clientKey().toString());
    add(settings, "DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe");
    if (!options.containsKey("DaemonPortOptions")) {
      add(settings, "DaemonPortOptions", "Port=0,Addr=127.0.0.1");
    }
    options.forEach((name, value) -> add(settings, name, value));
    List<Compiler.Setting> macros = new ArrayList<>();
    add(macros, "{AccessFile}", folder.resolve("access").toString());
    add(macros, "j", "gw.test");
    defined.forEach((name, value) -> add(macros, name, value));
    Configuration configuration = compile(policy, settings, macros);
    if (configuration.hasErrors()) {
      throw new AssertionError(configuration.diagnostics());
    }
    compiled.run();
    Gateway gateway =
        Gateway.start(
            new Gateway.Settings(
                configuration,
                folder,
                folder.resolve("spool"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Duration.ZERO,
                () -> compile(policy, settings, macros)));
    return new InProcess(folder, gateway, at);
  }

  private static Configuration compile(
      Path policy, List<Compiler.Setting> settings, List<Compiler.Setting> macros) {
    return Compiler.compile(
        policy.toString(),
        policy,
        new Compiler.Settings(Host.local(), settings, macros, false, false));
  }

  private static void add(List<Compiler.Setting> settings, String name, String value) {
    settings.add(new Compiler.Setting(name, value, false));
  }

  int port() {
    return gateway.addresses().get(0).getPort();
  }

  Gateway gateway() {
    return gateway;
  }

  DemoCertificates.Location certificates() {
    return certificates;
  }

  /** The messages in postmaster's mailbox. */
  List<String> mail() throws IOException {
    Path fresh = folder.resolve("mail/postmaster/new");
    if (!Files.isDirectory(fresh)) {
      return List.of();
    }
    List<String> messages = new ArrayList<>();
    try (Stream<Path> files = Files.list(fresh)) {
      for (Path file : files.toList()) {
        messages.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return messages;
  }

  @Override
  public void close() {
    gateway.stop(Duration.ofSeconds(2));
  }
}
