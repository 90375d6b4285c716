package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.cf.Configuration;
import postern.cf.Options;
import postern.policy.Policy;
import postern.sasl.PasswordFile;
import postern.smtp.server.ServerConfiguration;
import postern.source.Diagnostic;
import postern.source.SourceText;
import postern.tls.ClientTls;
import postern.tls.ServerTls;
import postern.tls.TlsProblem;
import postern.tls.TlsSettings;

/**
 * What follows from one version of the configuration and its files. A reload makes the next one as
 * a whole; sessions keep the one they began with.
 *
 * @param seen how its files were before they were read
 * @param serving what the server's sessions see of it
 * @param clientTls for the relay; starting its engine may take a moment longer
 */
record Generation(
    Configuration configuration,
    WatchedFiles.Seen seen,
    GatewayOptions options,
    Policy policy,
    TlsSettings tlsSettings,
    ServerTls tls,
    PasswordOptions passwords,
    ServerConfiguration serving,
    CompletableFuture<ClientTls> clientTls) {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int CONFIGURATION = 78;

  private static final List<String> TLS_OPTIONS =
      List.of(
          "TLSEngine",
          "CACertPath",
          "CACertFile",
          "ServerCertFile",
          "ServerKeyFile",
          "ClientCertFile",
          "ClientKeyFile",
          "CRLFile",
          "CRLPath",
          "TLSMissingCRL",
          "DHParameters",
          "CipherList",
          "CipherSuites",
          "CertFingerprintAlgorithm",
          "TLSFallbacktoClear",
          "SetCertAltnames");
  private static final List<String> TLS_LISTS =
      List.of("TLSSrvOptions", "ServerSSLOptions", "ClientSSLOptions", "DontBlameSendmail");
  private static final List<String> TLS_FILES =
      List.of(
          "CACertPath",
          "CACertFile",
          "ServerCertFile",
          "ServerKeyFile",
          "ClientCertFile",
          "ClientKeyFile",
          "CRLFile",
          "CRLPath",
          "DHParameters");

  /** Settings for TLS from the options. */
  static TlsSettings tlsSettings(Configuration configuration) throws StartupException {
    TlsSettings.Builder builder = TlsSettings.builder();
    Options options = configuration.options();
    try {
      for (String name : TLS_OPTIONS) {
        if (options.isSet(name)) {
          builder.set(name, options.string(name));
        }
      }
      for (String name : TLS_LISTS) {
        String joined = String.join(" ", options.list(name));
        if (!joined.isEmpty()) {
          builder.set(name, joined);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new StartupException(CONFIGURATION, String.valueOf(e.getMessage()));
    }
    return builder.build();
  }

  /**
   * Puts it together.
   *
   * @param users says who has a mailbox
   * @param policies makes the policy
   * @throws StartupException if an option or a file makes no sense
   */
  static Generation of(
      Configuration configuration, LocalUsers users, Logins.Guard guard, PolicyMaker policies)
      throws StartupException {
    WatchedFiles.Seen seen = seen(configuration);
    GatewayOptions options = new GatewayOptions(configuration);
    TlsSettings settings = tlsSettings(configuration);
    PasswordOptions passwords = PasswordOptions.of(configuration.options(), options.hostName());
    PasswordFile first = passwords.first();
    if (!first.good()) {
      throw new StartupException(
          CONFIGURATION, first.problems().stream().map(Diagnostic::headline).toList());
    }
    ServerTls tls = ServerTls.load(settings);
    Policy policy = policies.make(configuration, users::knows);
    return new Generation(
        configuration,
        seen,
        options,
        policy,
        settings,
        tls,
        passwords,
        new ServerConfiguration(
            options.server(),
            policy,
            new ServerTlsPort(tls),
            new Logins(passwords.server(), guard)),
        new CompletableFuture<>());
  }

  /** Says in the log what is wrong with the server's TLS files. */
  void report() {
    tls.problems().forEach(Generation::report);
  }

  private static void report(TlsProblem problem) {
    LOG.warn("{}", problem.message());
  }

  /** Starts the relay's engine. */
  void completeClientTls() {
    try {
      ClientTls made = ClientTls.load(tlsSettings);
      clientTls.complete(made);
      made.problems().forEach(Generation::report);
      LOG.debug("STARTTLS=client, engine={}", made.engine());
    } catch (RuntimeException | LinkageError e) {
      clientTls.completeExceptionally(e);
      LOG.error("SYSERR: STARTTLS=client", e);
    }
  }

  /**
   * How the files are now. The configuration was compiled a moment ago; a file of it that does not
   * say what was compiled has changed in between.
   */
  private static WatchedFiles.Seen seen(Configuration configuration) {
    Set<Path> files = files(configuration);
    String passwords = configuration.options().string("AuthPasswordFile");
    if (!passwords.isEmpty()) {
      files.add(Path.of(passwords));
    }
    WatchedFiles.Seen now = WatchedFiles.Seen.now(files);
    return now.outdated(overtaken(configuration.sources()));
  }

  private static List<Path> overtaken(List<SourceText> sources) {
    List<Path> changed = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      SourceText source = sources.get(i);
      // behind an .mc file comes what it was made into, under the name of the stock rules
      boolean made = i == 1 && sources.get(0).name().endsWith(".mc");
      if (!made && !source.name().isEmpty() && !holds(Path.of(source.name()), source.text())) {
        changed.add(Path.of(source.name()));
      }
    }
    return changed;
  }

  private static boolean holds(Path file, String text) {
    try {
      String now = Files.readString(file, StandardCharsets.ISO_8859_1);
      return now.equals(text) || now.replace("\r\n", "\n").equals(text);
    } catch (IOException e) {
      return false;
    }
  }

  /** The files that a change of calls for a reload; those of maps and passwords are not in it. */
  Set<Path> files() {
    return files(configuration);
  }

  private static Set<Path> files(Configuration configuration) {
    Set<Path> files = new LinkedHashSet<>();
    for (SourceText source : configuration.sources()) {
      if (!source.name().isEmpty()) {
        files.add(Path.of(source.name()));
      }
    }
    for (String option : TLS_FILES) {
      for (String name : configuration.options().string(option).split(",", -1)) {
        if (name.startsWith("/")) {
          files.add(Path.of(name));
        }
      }
    }
    return files;
  }

  /** The file of passwords, or null. */
  @Nullable Path passwordFile() {
    return passwords.file();
  }

  /** Why this may not take the place of {@code before}; empty if it may. */
  List<String> objections(Generation before) {
    List<String> objections = new ArrayList<>();
    if (before.tls.available() && !tls.available()) {
      tls.problems().forEach(problem -> objections.add(problem.message()));
      objections.add("clients could not have STARTTLS any more");
    }
    return objections;
  }

  /** Names of options that changed but count at the start only. */
  List<String> tooLate(Generation before) {
    List<String> late = new ArrayList<>();
    Options now = configuration.options();
    Options then = before.configuration.options();
    if (!now.list("DaemonPortOptions").equals(then.list("DaemonPortOptions"))) {
      late.add("DaemonPortOptions");
    }
    for (String name : List.of("QueueDirectory", "MinQueueAge", "MaxQueueAge", "HeloName")) {
      if (!now.string(name).equals(then.string(name))) {
        late.add(name);
      }
    }
    return late;
  }
}
