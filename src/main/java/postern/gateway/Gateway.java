package postern.gateway;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.cf.Configuration;
import postern.map.FileFault;
import postern.map.MapTable;
import postern.policy.CompiledPolicy;
import postern.policy.Resolution;
import postern.queue.BounceSettings;
import postern.queue.DeliveryMode;
import postern.queue.MaildirAgent;
import postern.queue.Scheduler;
import postern.queue.Spool;
import postern.queue.Timekeeper;
import postern.sasl.PasswordFile;
import postern.smtp.QueueIds;
import postern.smtp.Route;
import postern.smtp.client.RelayClient;
import postern.smtp.server.Listener;
import postern.smtp.server.ServerConfiguration;
import postern.smtp.server.ServerPorts;
import postern.smtp.server.SmtpServer;
import postern.source.Diagnostic;
import postern.tls.ClientTls;
import postern.tls.ServerTls;
import postern.tls.TlsProblem;
import postern.tls.TlsSettings;

/**
 * A running gateway: listeners, rule sets, queue, relay, put together from one configuration.
 * {@link #start} either brings everything up or nothing; {@link #stop} lets running transactions
 * finish.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int OS_ERROR = 71;
  private static final int CONFIGURATION = 78;
  private static final int AUTH_FAILURES = 20;
  private static final Duration AUTH_WINDOW = Duration.ofMinutes(10);
  private static final int WORKERS = 32;
  private static final int WAITING = 10_000;
  private static final long REFRESH_MILLIS = 200;

  /**
   * What a gateway is started with.
   *
   * @param configuration compiled, without errors
   * @param data folder for spool and mailboxes when the configuration names none
   * @param queue folder of the spool
   * @param listen where to listen when the configuration does not say
   * @param queueInterval {@code -q30m}; zero for the default
   */
  public record Settings(
      Configuration configuration,
      Path data,
      Path queue,
      InetSocketAddress listen,
      Duration queueInterval) {}

  private final SmtpServer server;
  private final Logins logins;
  private final ServerTls tls;
  private final Scheduler scheduler;
  private final Spool spool;
  private final RelayClient relay;
  private final EventLoopGroup relayLoops;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;

  private Gateway(
      SmtpServer server,
      Logins logins,
      ServerTls tls,
      Scheduler scheduler,
      Spool spool,
      RelayClient relay,
      EventLoopGroup relayLoops,
      ExecutorService workers,
      ScheduledExecutorService timer) {
    this.server = server;
    this.logins = logins;
    this.tls = tls;
    this.scheduler = scheduler;
    this.spool = spool;
    this.relay = relay;
    this.relayLoops = relayLoops;
    this.workers = workers;
    this.timer = timer;
  }

  /** Begins to load what takes its time; to be called before the configuration is read. */
  public static void warmUp() {
    WarmUp.begin();
  }

  /**
   * Starts everything.
   *
   * @throws StartupException with one sentence for each problem if it cannot be started
   */
  public static Gateway start(Settings settings) throws StartupException {
    Configuration configuration = settings.configuration();
    GatewayOptions options = new GatewayOptions(configuration);
    TlsSettings tlsSettings = tls(configuration);
    List<Listener> listeners = options.listeners(settings.listen());
    PasswordOptions passwords = PasswordOptions.of(configuration.options());
    if (!passwords.first().good()) {
      throw new StartupException(CONFIGURATION, problems(passwords.first()));
    }
    SpoolOpening opening = SpoolOpening.begin(settings.queue());
    ServerTls serverTls = ServerTls.load(tlsSettings);
    serverTls.problems().forEach(Gateway::report);

    Path mail = settings.data().resolve("mail");
    LocalUsers users = new LocalUsers(mail, Path.of("/etc/passwd"));
    CompiledPolicy policy = new CompiledPolicy(configuration, users::knows);
    Spool spool = opening.spool();
    ThreadPoolExecutor workers = workers();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("timer", true));
    EventLoopGroup relayLoops =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            new DefaultThreadFactory("relay", true),
            NioIoHandler.newFactory());
    MailLog log = new MailLog();
    CompletableFuture<ClientTls> clientTls = new CompletableFuture<>();
    RelayClient relay =
        new RelayClient(
            options.relay(),
            new RelayClient.Ports(
                relayLoops,
                workers,
                policy::relay,
                new RelayTls(clientTls::join),
                HostsResolver.of(configuration.options()),
                log));
    QueueIds ids = new QueueIds(Clock.systemUTC(), ThreadLocalRandom.current().nextInt(1_000_000));
    Scheduler scheduler =
        new Scheduler(
            new Scheduler.Ports(
                spool,
                new Agents(
                    () -> configuration,
                    relay,
                    new MaildirAgent(mail, options.hostName(), workers, Clock.systemUTC())),
                address -> route(policy, address),
                ids::next,
                log,
                Timekeeper.system()),
            options.schedule(settings.queueInterval()),
            bounces(configuration, options.hostName()));
    DeliveryMode mode =
        DeliveryMode.of(configuration.options().string("DeliveryMode", "background"));
    Logins logins =
        new Logins(
            passwords.server(),
            new FailureCounts(AUTH_FAILURES, AUTH_WINDOW, InstantSource.system()));
    ServerConfiguration serving =
        new ServerConfiguration(options.server(), policy, new ServerTlsPort(serverTls), logins);
    SmtpServer server;
    try {
      server =
          SmtpServer.start(
              listeners,
              () -> serving,
              new ServerPorts(
                  new SpoolIntake(spool, scheduler, () -> mode),
                  new HostNames(configuration.options(), workers),
                  log,
                  node -> {
                    scheduler.runQueue();
                    return true;
                  },
                  ids,
                  workers,
                  Clock.systemUTC()),
              0);
    } catch (IOException e) {
      logins.close();
      closeBehind(scheduler, spool, relay, relayLoops, workers, timer);
      throw new StartupException(OS_ERROR, StartupException.words(e).replace("on /", "on "));
    }
    scheduler.start();
    // Starting an engine takes a moment; the listeners need not wait for the relay's.
    workers.execute(() -> completeClientTls(clientTls, tlsSettings));
    Path file = passwords.file();
    WatchedFiles passwordFile = new WatchedFiles(file == null ? List.of() : List.of(file));
    var unused =
        timer.scheduleWithFixedDelay(
            () -> {
              refresh(configuration.program().maps());
              refresh(passwords, passwordFile);
            },
            REFRESH_MILLIS,
            REFRESH_MILLIS,
            TimeUnit.MILLISECONDS);
    return new Gateway(
        server, logins, serverTls, scheduler, spool, relay, relayLoops, workers, timer);
  }

  /** Reads what has changed of the files behind maps; a new version with an error stays outside. */
  private static void refresh(MapTable maps) {
    try {
      maps.refresh();
      for (FileFault fault : maps.takeFaults()) {
        if (fault.isError()) {
          LOG.error("{}; what the file said before stays in force", fault.diagnostic().headline());
        } else {
          LOG.warn("{}", fault.diagnostic().headline());
        }
      }
    } catch (RuntimeException e) {
      LOG.error("SYSERR: reading maps", e); // or the timer would never try again
    }
  }

  private static void refresh(PasswordOptions passwords, WatchedFiles file) {
    try {
      if (file.changed()) {
        PasswordFile next = passwords.again();
        if (next.good()) {
          LOG.info("AUTH: password file read again, {} users", next.users().size());
        } else {
          problems(next).forEach(p -> LOG.error("{}; the users of before stay", p));
        }
      }
    } catch (RuntimeException e) {
      LOG.error("SYSERR: reading the password file", e);
    }
  }

  private static List<String> problems(PasswordFile file) {
    return file.problems().stream().map(Diagnostic::headline).toList();
  }

  private static void completeClientTls(CompletableFuture<ClientTls> future, TlsSettings settings) {
    try {
      ClientTls tls = ClientTls.load(settings);
      future.complete(tls);
      tls.problems().forEach(Gateway::report);
      LOG.debug("STARTTLS=client, engine={}", tls.engine());
    } catch (RuntimeException | LinkageError e) {
      future.completeExceptionally(e);
      LOG.error("SYSERR: STARTTLS=client", e);
    }
  }

  private static void report(TlsProblem problem) {
    LOG.warn("{}", problem.message());
  }

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

  private static TlsSettings tls(Configuration configuration) throws StartupException {
    TlsSettings.Builder builder = TlsSettings.builder();
    try {
      for (String name : TLS_OPTIONS) {
        if (configuration.options().isSet(name)) {
          builder.set(name, configuration.options().string(name));
        }
      }
      for (String name : TLS_LISTS) {
        String joined = String.join(" ", configuration.options().list(name));
        if (!joined.isEmpty()) {
          builder.set(name, joined);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new StartupException(CONFIGURATION, String.valueOf(e.getMessage()));
    }
    return builder.build();
  }

  private static ThreadPoolExecutor workers() {
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            new DefaultThreadFactory("worker", true));
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static Optional<Route> route(CompiledPolicy policy, String address) {
    return policy.resolve("<" + address + ">") instanceof Resolution.Deliverable to
        ? Optional.of(new Route(to.mailer(), to.host(), to.user()))
        : Optional.empty();
  }

  private static BounceSettings bounces(Configuration configuration, String host) {
    BounceSettings d = BounceSettings.of(host);
    return new BounceSettings(
        host,
        configuration.options().string("DoubleBounceAddress", d.doubleBounceAddress()),
        d.returnLimit(),
        d.zone());
  }

  /** Where the gateway listens. */
  public List<InetSocketAddress> addresses() {
    return server.addresses();
  }

  /** Whether clients can have STARTTLS; if not, the log has said why. */
  public boolean offersTls() {
    return tls.available();
  }

  /** Lets running transactions finish within {@code patience}, then closes everything. */
  public void stop(Duration patience) {
    server.stop(patience);
    logins.close();
    closeBehind(scheduler, spool, relay, relayLoops, workers, timer);
  }

  private static void closeBehind(
      Scheduler scheduler,
      Spool spool,
      RelayClient relay,
      EventLoopGroup relayLoops,
      ExecutorService workers,
      ScheduledExecutorService timer) {
    timer.shutdownNow();
    try {
      if (!scheduler.stop(Duration.ofSeconds(5))) {
        LOG.info("deliveries under way were broken off; they are tried again at the next start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    relay.close();
    scheduler.close();
    try {
      spool.close();
    } catch (IOException e) {
      LOG.error("SYSERR: closing the queue", e);
    }
    var unused = relayLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    workers.shutdownNow();
  }
}
