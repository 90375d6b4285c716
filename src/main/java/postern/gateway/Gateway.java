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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postern.cf.Configuration;
import postern.policy.CompiledPolicy;
import postern.policy.Policy;
import postern.policy.Resolution;
import postern.queue.BounceSettings;
import postern.queue.DeliveryAgent;
import postern.queue.DeliveryMode;
import postern.queue.MaildirAgent;
import postern.queue.QueueRequests;
import postern.queue.Scheduler;
import postern.queue.Spool;
import postern.queue.Timekeeper;
import postern.smtp.QueueIds;
import postern.smtp.Route;
import postern.smtp.client.RelayClient;
import postern.smtp.server.Listener;
import postern.smtp.server.ServerPorts;
import postern.smtp.server.SmtpServer;

/**
 * A running gateway: listeners, rule sets, queue, relay, put together from one configuration.
 * {@link #start} either brings everything up or nothing; {@link #stop} lets running transactions
 * finish.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int OS_ERROR = 71;
  private static final int WORKERS = 32;
  private static final int PROGRAMS = 20;
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
   * @param again reads and compiles the configuration anew, for a reload
   * @param policies makes the policy of a configuration
   */
  public record Settings(
      Configuration configuration,
      Path data,
      Path queue,
      InetSocketAddress listen,
      Duration queueInterval,
      Supplier<Configuration> again,
      PolicyMaker policies) {

    /** The same with the policies that configurations compile to. */
    public Settings(
        Configuration configuration,
        Path data,
        Path queue,
        InetSocketAddress listen,
        Duration queueInterval,
        Supplier<Configuration> again) {
      this(configuration, data, queue, listen, queueInterval, again, CompiledPolicy::new);
    }
  }

  private final SmtpServer server;
  private final @Nullable StatusPort status;
  private final Logins.Guard guard;
  private final Reloading reloading;
  private final Scheduler scheduler;
  private final Spool spool;
  private final RelayClient relay;
  private final EventLoopGroup relayLoops;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;

  private Gateway(
      SmtpServer server,
      @Nullable StatusPort status,
      Logins.Guard guard,
      Reloading reloading,
      Scheduler scheduler,
      Spool spool,
      RelayClient relay,
      EventLoopGroup relayLoops,
      ExecutorService workers,
      ScheduledExecutorService timer) {
    this.server = server;
    this.status = status;
    this.guard = guard;
    this.reloading = reloading;
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
    List<Listener> listeners = new GatewayOptions(configuration).listeners(settings.listen());
    SpoolOpening opening =
        SpoolOpening.begin(settings.queue(), configuration.options().number("MinFreeBlocks", 0));
    NativeFolder.settle(settings.data());
    Path mail = settings.data().resolve("mail");
    LocalUsers users = new LocalUsers(mail, Path.of("/etc/passwd"));
    Logins.Guard guard = Logins.Guard.create();
    Generation first;
    try {
      first = Generation.of(configuration, users, guard, settings.policies());
    } catch (StartupException e) {
      abandon(opening);
      throw e;
    }
    first.report();
    GatewayOptions options = first.options();
    Spool spool = opening.spool();
    ThreadPoolExecutor workers = workers();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("timer", true));
    EventLoopGroup relayLoops =
        new MultiThreadIoEventLoopGroup(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            new DefaultThreadFactory("relay", true),
            NioIoHandler.newFactory());
    Counters counters = new Counters();
    CountedLog log = new CountedLog(new MailLog(options.order()), counters);
    Reloading reloading =
        new Reloading(
            first, settings.again(), users, guard, settings.policies(), workers, counters);
    RelayClient relay =
        new RelayClient(
            options.relay(),
            new RelayClient.Ports(
                relayLoops,
                workers,
                () -> reloading.current().policy().relay(),
                new RelayTls(() -> reloading.current().clientTls().join()),
                HostsResolver.of(configuration.options()),
                log));
    LoadAverage load = new LoadAverage(() -> reloading.current().configuration().options());
    QueueIds ids = new QueueIds(Clock.systemUTC(), ThreadLocalRandom.current().nextInt(1_000_000));
    Scheduler scheduler =
        new Scheduler(
            new Scheduler.Ports(
                spool,
                dressed(
                    new Agents(
                        () -> reloading.current().configuration(),
                        relay,
                        options.relay(),
                        new MaildirAgent(mail, options.hostName(), workers, Clock.systemUTC()),
                        programs()),
                    () -> reloading.current().policy(),
                    log,
                    workers),
                address -> route(reloading.current().policy(), address),
                ids::next,
                log,
                Timekeeper.system()),
            options.schedule(settings.queueInterval()),
            bounces(configuration, options.hostName()));
    SmtpServer server;
    try {
      server =
          SmtpServer.start(
              listeners,
              () -> reloading.current().serving(),
              new ServerPorts(
                  new SpoolIntake(
                      spool,
                      scheduler,
                      listener -> mode(reloading.current(), listener, load),
                      () -> reloading.current().configuration().precedences()),
                  new HostNames(configuration.options(), workers),
                  log,
                  new NodeRuns(scheduler),
                  ids,
                  workers,
                  Clock.systemUTC(),
                  load),
              0);
    } catch (IOException e) {
      closeBehind(scheduler, spool, relay, relayLoops, workers, timer);
      throw new StartupException(OS_ERROR, StartupException.words(e).replace("on /", "on "));
    }
    Health health = new Health(options.hostName(), server::connections, spool, reloading, counters);
    StatusPort status;
    try {
      status = options.metrics(health);
    } catch (IOException e) {
      server.stop(Duration.ZERO);
      closeBehind(scheduler, spool, relay, relayLoops, workers, timer);
      throw new StartupException(OS_ERROR, "MetricsPort: " + StartupException.words(e));
    }
    scheduler.start();
    // Starting an engine takes a moment; the listeners need not wait for the relay's.
    workers.execute(first::completeClientTls);
    Operators requests = new Operators(new QueueRequests(spool, scheduler), workers);
    var unused =
        timer.scheduleWithFixedDelay(
            () -> {
              load.look();
              reloading.look();
              requests.look();
            },
            REFRESH_MILLIS,
            REFRESH_MILLIS,
            TimeUnit.MILLISECONDS);
    return new Gateway(
        server, status, guard, reloading, scheduler, spool, relay, relayLoops, workers, timer);
  }

  private static void abandon(SpoolOpening opening) {
    try {
      opening.spool().close();
    } catch (IOException | StartupException e) {
      LOG.debug("closing the queue", e); // why the start fails is known already
    }
  }

  private static DeliveryMode mode(
      Generation current, @Nullable Listener listener, LoadAverage load) {
    if (listener != null && load.queues(listener)) {
      return DeliveryMode.QUEUE;
    }
    String own = listener == null ? "" : listener.deliveryMode();
    return DeliveryMode.of(
        own.isEmpty()
            ? current.configuration().options().string("DeliveryMode", "background")
            : own);
  }

  /** Programs take their time; whoever waits for them must not keep the relay's workers. */
  private static ThreadPoolExecutor programs() {
    ThreadPoolExecutor programs =
        new ThreadPoolExecutor(
            PROGRAMS,
            PROGRAMS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("mailer", true));
    programs.allowCoreThreadTimeOut(true);
    return programs;
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

  private static Optional<Route> route(Policy policy, String address) {
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
    return reloading.current().tls().available();
  }

  /** The port of metrics and status on the loopback interface, 0 if it was not asked for. */
  public int metricsPort() {
    StatusPort open = status;
    return open == null ? 0 : open.port();
  }

  /**
   * Reads the configuration and its files again, soon and on a thread of its own. What cannot be
   * used is reported in the log and changes nothing; sessions keep what they began with.
   *
   * @param why for the log
   */
  public void reload(String why) {
    try {
      timer.execute(() -> reloading.reload(why));
    } catch (RejectedExecutionException e) {
      LOG.debug("no reload: the gateway stops");
    }
  }

  /** Lets running transactions finish within {@code patience}, then closes everything. */
  public void stop(Duration patience) {
    server.stop(patience);
    StatusPort open = status;
    if (open != null) {
      open.close();
    }
    guard.threads().shutdownNow();
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

  /** Agents that ask {@code check_compat} first and show addresses as their mailer does. */
  private static Function<String, Optional<DeliveryAgent>> dressed(
      Agents agents, Supplier<Policy> policy, CompatibleAgent.Log log, Executor workers) {
    return mailer ->
        agents
            .apply(mailer)
            .map(agent -> new DressingAgent(agent, () -> policy.get().forms(mailer), workers))
            .map(agent -> new CompatibleAgent(agent, policy, log, workers));
  }
}
