package postern.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.gateway.Gateway;
import postern.gateway.StartupException;
import postern.tls.DemoCertificates;

/**
 * What makes a fresh clone a working gateway: certificates, and words to try.
 *
 * @param options that name the certificates; empty where somebody else has named some
 * @param made completes when they are there
 */
record Demo(
    List<Compiler.Setting> options,
    DemoCertificates.Location certificates,
    CompletableFuture<DemoCertificates.Location> made) {

  private static final Set<String> FILES =
      Set.of(
          "cacertpath",
          "cacertfile",
          "servercertfile",
          "serverkeyfile",
          "clientcertfile",
          "clientkeyfile");
  private static final Pattern OPTION_LINE = Pattern.compile("O\\s*([A-Za-z]+)\\s*=.*");

  /** No certificates of ours. */
  static Demo none() {
    Path none = Path.of("");
    DemoCertificates.Location nowhere =
        new DemoCertificates.Location(none, none, none, none, none, none, none, none);
    return new Demo(List.of(), nowhere, CompletableFuture.completedFuture(nowhere));
  }

  /**
   * Says where everything will be, and makes it in the background, unless the command line or the
   * file names certificates.
   */
  static Demo begin(SendmailSwitches switches, Path data) throws StartupException {
    if (namesFiles(switches)) {
      return none();
    }
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw cannotPrepare(data, e);
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
    return new Demo(options, at, made);
  }

  /** Whether the command line or the file says where certificates are. */
  private static boolean namesFiles(SendmailSwitches switches) {
    if (switches.options().stream().anyMatch(o -> isFile(o.name()))) {
      return true;
    }
    try (Stream<String> lines =
        Files.lines(Path.of(switches.configurationFile()), StandardCharsets.ISO_8859_1)) {
      return lines
          .map(OPTION_LINE::matcher)
          .anyMatch(line -> line.matches() && isFile(line.group(1)));
    } catch (IOException | UncheckedIOException e) {
      return false; // compiling it will say why
    }
  }

  private static boolean isFile(String option) {
    return FILES.contains(option.toLowerCase(Locale.ROOT));
  }

  private static Compiler.Setting option(String name, Path value) {
    return new Compiler.Setting(name, value.toString(), false);
  }

  /** Waits for the certificates. */
  void await() throws StartupException {
    try {
      var unused = made.join();
    } catch (CompletionException e) {
      throw cannotPrepare(certificates.caFile(), e.getCause() == null ? e : e.getCause());
    }
  }

  /** Waits for the certificates, made or not: an end in between would leave half of them behind. */
  void settle() {
    var unused = made.handle((done, failed) -> true).join();
  }

  private static StartupException cannotPrepare(Path folder, Throwable e) {
    return new StartupException(
        ExitStatus.OS_ERROR, "cannot prepare " + folder + ": " + StartupException.words(e));
  }

  /** An address with its port, as swaks and openssl take it. */
  static String shown(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip.isAnyLocalAddress() ? "*" : ip.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  /** Lines to copy into a second terminal. */
  String hints(Gateway gateway, Path data, String access) {
    if (options.isEmpty() || !gateway.offersTls()) {
      return "Who must speak TLS: " + access + " (no restart needed)\n";
    }
    InetSocketAddress address = gateway.addresses().get(0);
    boolean anywhere = address.getAddress().isAnyLocalAddress();
    String server = anywhere ? "127.0.0.1:" + address.getPort() : shown(address);
    Path cert = certificates.clientCert();
    Path key = certificates.clientKey();
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
            access);
  }
}
