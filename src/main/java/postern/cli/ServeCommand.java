package postern.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.gateway.Gateway;
import postern.gateway.StartupException;
import postern.tls.DemoCertificates;

/** {@code postern serve}: the gateway in the foreground, until SIGTERM or Ctrl-C. */
final class ServeCommand {
  private static final int DEMO_PORT = 2525;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ServeCommand() {}

  static int run(List<String> arguments) throws UsageException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    List<String> rest = new ArrayList<>(switches.rest());
    boolean checkOnly = rest.remove("--check-only");
    if (!rest.isEmpty()) {
      throw new UsageException("serve: what is " + rest.get(0) + "?");
    }
    try {
      return serve(switches, checkOnly);
    } catch (StartupException e) {
      e.problems().forEach(problem -> System.err.println("postern: " + problem));
      return e.exitCode();
    }
  }

  private static int serve(SendmailSwitches switches, boolean checkOnly)
      throws StartupException, UsageException {
    Gateway.warmUp();
    boolean stock = switches.file().isEmpty();
    Path data = Home.data();
    Demo demo = stock ? Demo.begin(switches, data) : Demo.NONE;
    List<Compiler.Setting> macros = new ArrayList<>(demo.macros());
    macros.add(new Compiler.Setting("v", "Postern " + Version.TEXT, false));
    Configuration configuration = switches.compile(demo.options(), macros);
    if (CheckCommand.print(configuration, System.err) > 0) {
      return ExitStatus.CONFIGURATION;
    }
    demo.await();
    String queue = configuration.options().string("QueueDirectory");
    Gateway.Settings settings =
        new Gateway.Settings(
            configuration,
            data,
            queue.isEmpty() ? data.resolve("spool") : Path.of(queue),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), DEMO_PORT),
            interval(switches.queueInterval()));
    Gateway gateway = Gateway.start(settings);
    CountDownLatch stopped = new CountDownLatch(1);
    // The only way to end with status 0 on SIGTERM: stop in the hook, then halt.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  gateway.stop(PATIENCE);
                  stopped.countDown();
                  Runtime.getRuntime().halt(ExitStatus.OK);
                },
                "stop"));
    for (InetSocketAddress address : gateway.addresses()) {
      System.out.println(
          "listening on " + address.getAddress().getHostAddress() + ":" + address.getPort());
    }
    if (stock) {
      System.out.print(demo.hints(gateway.addresses().get(0), data));
    }
    System.out.flush();
    if (checkOnly) {
      return ExitStatus.OK;
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitStatus.OK;
  }

  private static Duration interval(String text) throws UsageException {
    if (text.isEmpty() || text.equals("0")) {
      return Duration.ZERO;
    }
    long seconds = 0;
    long number = 0;
    boolean digits = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        number = number * 10 + c - '0';
        digits = true;
        continue;
      }
      long unit =
          switch (c) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3600;
            case 'd' -> 86_400;
            case 'w' -> 604_800;
            default -> 0;
          };
      if (unit == 0 || !digits) {
        throw new UsageException("-q" + text + " is not a time such as -q30m");
      }
      seconds += number * unit;
      number = 0;
      digits = false;
    }
    return Duration.ofSeconds(seconds + number * 60);
  }

  /** What makes a fresh clone a working gateway: certificates, an access file, words to try. */
  private record Demo(
      List<Compiler.Setting> options,
      List<Compiler.Setting> macros,
      DemoCertificates.Location certificates,
      CompletableFuture<DemoCertificates.Location> made) {

    static final Demo NONE = of(List.of(), noCertificates());

    private static Demo of(List<Compiler.Setting> options, DemoCertificates.Location at) {
      return new Demo(options, List.of(), at, CompletableFuture.completedFuture(at));
    }

    private static DemoCertificates.Location noCertificates() {
      Path none = Path.of("");
      return new DemoCertificates.Location(none, none, none, none, none, none, none, none);
    }

    /** Says where everything will be, and makes it in the background. */
    static Demo begin(SendmailSwitches switches, Path data) throws StartupException {
      try {
        Files.createDirectories(data);
      } catch (IOException e) {
        throw cannotPrepare(data, e);
      }
      if (switches.options().stream().anyMatch(o -> o.name().equalsIgnoreCase("ServerCertFile"))) {
        return NONE;
      }
      Path folder = data.resolve("tls");
      DemoCertificates.Location at = DemoCertificates.at(folder);
      List<Compiler.Setting> options =
          List.of(
              option("CACertPath", at.caPath()),
              option("CACertFile", at.caFile()),
              option("ServerCertFile", at.serverCert()),
              option("ServerKeyFile", at.serverKey()),
              option("ClientCertFile", at.clientCert()),
              option("ClientKeyFile", at.clientKey()),
              // Wherever the clone lies, below /tmp or in a home with umask 002: it must just work.
              new Compiler.Setting(
                  "DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe", false));
      CompletableFuture<DemoCertificates.Location> made = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  made.complete(DemoCertificates.ensure(folder, Host.local().name()));
                } catch (IOException | RuntimeException e) {
                  made.completeExceptionally(e);
                }
              },
              "demo-certificates");
      thread.setDaemon(true);
      thread.start();
      return new Demo(options, List.of(), at, made);
    }

    /** Waits for the certificates. */
    void await() throws StartupException {
      try {
        var unused = made.join();
      } catch (CompletionException e) {
        throw cannotPrepare(
            java.util.Objects.requireNonNullElse(
                certificates.caFile().getParent(), certificates.caFile()),
            java.util.Objects.requireNonNullElse(e.getCause(), e));
      }
    }

    private static StartupException cannotPrepare(Path folder, Throwable e) {
      return new StartupException(
          ExitStatus.OS_ERROR, "cannot prepare " + folder + ": " + StartupException.words(e));
    }

    private static Compiler.Setting option(String name, Path value) {
      return new Compiler.Setting(name, value.toString(), false);
    }

    /** Lines to copy into a second terminal. */
    String hints(InetSocketAddress address, Path data) {
      String server = address.getAddress().getHostAddress() + ":" + address.getPort();
      String cert = certificates.clientCert().toString();
      String key = certificates.clientKey().toString();
      if (cert.isEmpty()) {
        return "access map: " + Home.access() + "\n";
      }
      return """

          Try it in a second terminal (needs swaks with libnet-ssleay-perl, or openssl):

            swaks --server %s --from you@example.org --to postmaster@localhost \\
              --tls --tls-cert %s --tls-key %s

            openssl s_client -quiet -crlf -starttls smtp -connect %s \\
              -cert %s -key %s -CAfile %s

          Mail for postmaster arrives in %s
          Who must speak TLS: %s (no restart needed)
          Stop with Ctrl-C.
          """
          .formatted(
              server,
              cert,
              key,
              server,
              cert,
              key,
              certificates.caFile(),
              data.resolve("mail").resolve("postmaster"),
              Home.access());
    }
  }
}
