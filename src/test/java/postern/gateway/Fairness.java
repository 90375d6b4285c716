package postern.gateway;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.policy.CompiledPolicy;
import postern.queue.BounceSettings;
import postern.queue.DeliveryMode;
import postern.queue.Incoming;
import postern.queue.Outcome;
import postern.queue.QueueLog;
import postern.queue.ScheduleSettings;
import postern.queue.Scheduler;
import postern.queue.Spool;
import postern.queue.SpoolSettings;
import postern.queue.Stored;
import postern.queue.Timekeeper;
import postern.smtp.Envelope;
import postern.smtp.Route;
import postern.smtp.client.ClientTls;
import postern.smtp.client.MxResolver;
import postern.smtp.client.RelayClient;
import postern.smtp.client.RelayLog;
import postern.smtp.client.RelaySettings;
import postern.smtp.client.Transport;
import postern.source.SourceText;

/**
 * How fast mail leaves for many destinations while others are in trouble: one never says a word,
 * one refuses connections, one takes ten seconds for each message, all three with a backlog.
 *
 * <p>The full figure: {@code benchmarks/fairness}; {@code FairnessTest} is the short one.
 */
final class Fairness implements AutoCloseable {
  private static final int DESTINATIONS = 100;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService workers = Executors.newFixedThreadPool(32);
  private final Spool spool;
  private final RelayClient relay;
  private final Scheduler scheduler;
  private volatile CountDownLatch waitingFor = new CountDownLatch(0);
  private int next;

  Fairness(Path folder, int port) throws Exception {
    spool = Spool.open(folder, SpoolSettings.DEFAULT);
    CompiledPolicy policy = new CompiledPolicy(noRules(), user -> true);
    relay =
        new RelayClient(
            RelaySettings.of("gw.example.test"),
            new RelayClient.Ports(
                loops, workers, policy::relay, noTls(), noNames(), RelayLog.NONE));
    RelayAgent agent = new RelayAgent(relay, Transport.smtp(port));
    QueueLog log =
        new QueueLog() {
          @Override
          public void tried(
              Stored message,
              Envelope.Recipient recipient,
              Outcome outcome,
              Duration delay,
              Duration took,
              int tries) {
            if (recipient.address().startsWith("good") && outcome instanceof Outcome.Delivered) {
              waitingFor.countDown();
            }
          }
        };
    scheduler =
        new Scheduler(
            new Scheduler.Ports(
                spool,
                mailer -> Optional.of(agent),
                address -> Optional.empty(),
                () -> "id" + next++,
                log,
                Timekeeper.system()),
            ScheduleSettings.DEFAULT,
            BounceSettings.of("gw.example.test"));
    scheduler.start();
  }

  public static void main(String[] arguments) throws Exception {
    int messages = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
    System.out.println(run(Path.of(arguments[0]), messages, messages / 5));
    System.exit(0);
  }

  /** Messages a second to good destinations: alone, and beside the others. */
  record Rates(double alone, double beside) {
    @Override
    public String toString() {
      return "to %d good destinations: alone %.0f messages/s, beside three in trouble %.0f"
          .formatted(DESTINATIONS, alone, beside);
    }
  }

  /**
   * @param trouble messages for each of the destinations in trouble, submitted first
   */
  static Rates run(Path folder, int messages, int trouble) throws Exception {
    EventLoopGroup peers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (SinkPeer peer = new SinkPeer(peers, 10_000)) {
      for (int i = 0; i < DESTINATIONS; i++) {
        peer.listen(address(i), SinkPeer.Manner.GOOD);
      }
      peer.listen("127.0.9.1", SinkPeer.Manner.SILENT);
      peer.listen("127.0.9.2", SinkPeer.Manner.SLOW);
      try (Fairness run = new Fairness(folder, peer.port())) {
        run.good(messages); // warms up
        double alone = run.good(messages);
        for (int i = 0; i < trouble; i++) {
          run.submit("silent", "127.0.9.1");
          run.submit("slow", "127.0.9.2");
          run.submit("refused", "127.0.9.3");
        }
        return new Rates(alone, run.good(messages));
      }
    } finally {
      var unused = peers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static String address(int i) {
    return "127.0.8." + (i + 1);
  }

  private double good(int messages) throws InterruptedException {
    waitingFor = new CountDownLatch(messages);
    long began = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      submit("good" + i, address(i % DESTINATIONS));
    }
    if (!waitingFor.await(300, TimeUnit.SECONDS)) {
      throw new IllegalStateException(waitingFor.getCount() + " messages did not leave");
    }
    return messages / ((System.nanoTime() - began) / 1e9);
  }

  private void submit(String user, String host) {
    Route route = new Route("esmtp", "[" + host + "]", user + "@remote.test");
    Envelope envelope =
        new Envelope(
            "q" + next++,
            "s@b.test",
            List.of(new Envelope.Recipient(route.user(), "", "", route)),
            "",
            "",
            "",
            false,
            Instant.now(),
            "");
    byte[] content = "Subject: x\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
    Incoming incoming = spool.begin();
    incoming.append(content, 0, content.length);
    var unused =
        incoming
            .commit(envelope, new byte[0])
            .thenAccept(stored -> scheduler.submit(stored, DeliveryMode.BACKGROUND));
  }

  private static Configuration noRules() {
    Compiler.Settings settings =
        new Compiler.Settings(Host.local(), List.of(), List.of(), false, false);
    return Compiler.compile(SourceText.of("none.cf", "V10\n"), settings);
  }

  private static ClientTls noTls() {
    return (host, address, features, allocator) -> {
      throw new ClientTls.Unavailable("not here", false);
    };
  }

  private static MxResolver noNames() {
    return new MxResolver() {
      @Override
      public CompletionStage<Answer<Mx>> mx(String domain) {
        return CompletableFuture.completedFuture(new Answer.NoName<>());
      }

      @Override
      public CompletionStage<Answer<InetAddress>> addresses(String host) {
        return CompletableFuture.completedFuture(new Answer.NoName<>());
      }
    };
  }

  @Override
  public void close() throws IOException {
    relay.close();
    scheduler.close();
    spool.close();
    workers.shutdownNow();
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
