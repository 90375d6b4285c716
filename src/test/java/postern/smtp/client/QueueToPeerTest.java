package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.policy.Verify;
import postern.queue.BounceSettings;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.DeliveryMode;
import postern.queue.Incoming;
import postern.queue.Order;
import postern.queue.Outcome;
import postern.queue.QueueLog;
import postern.queue.ScheduleSettings;
import postern.queue.Scheduler;
import postern.queue.Spool;
import postern.queue.SpoolSettings;
import postern.queue.Stored;
import postern.queue.TimeLimits;
import postern.queue.Timekeeper;
import postern.smtp.Envelope;
import postern.smtp.Route;

/**
 * Spool, scheduler and client together, against a peer that fails now and then: what goes in comes
 * out once, or bounces. The adapter between the two is the one a gateway needs.
 */
class QueueToPeerTest {
  private static final int MESSAGES = 120;

  @TempDir Path dir;

  private static DeliveryAgent agent(RelayClient client, int port) {
    return delivery ->
        client
            .deliver(job(delivery, port))
            .thenApply(l -> l.stream().map(o -> outcome(o)).toList());
  }

  private static RelayJob job(Delivery d, int port) {
    return new RelayJob(
        d.envelope(), Transport.smtp(port), d.size(), d.content()::open, d.more(), d.tries());
  }

  private static Outcome outcome(RecipientOutcome o) {
    return switch (o.kind()) {
      case DELIVERED ->
          new Outcome.Delivered(
              o.relay(),
              o.dsn(),
              o.stat(),
              o.tls(),
              o.dsnPassedOn() ? Outcome.Report.PASSED_ON : Outcome.Report.RELAYED);
      case TEMPORARY ->
          new Outcome.Temporary(
              o.relay(),
              o.dsn(),
              o.reply(),
              o.diagnostic(),
              o.stat(),
              o.tls(),
              o.transcript(),
              o.hostDown());
      case PERMANENT ->
          new Outcome.Permanent(
              o.relay(), o.dsn(), o.reply(), o.diagnostic(), o.stat(), o.tls(), o.transcript());
    };
  }

  private static boolean bad(int message) {
    return message % 10 == 3;
  }

  @Test
  void everyMessageArrivesOnceOrBounces() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    ExecutorService workers = Executors.newFixedThreadPool(2);
    AtomicInteger ids = new AtomicInteger();
    Map<String, String> log = new HashMap<>();
    QueueLog hear =
        new QueueLog() {
          @Override
          public void trouble(String what, Throwable cause) {
            synchronized (log) {
              log.put(what, cause.toString());
            }
          }
        };
    ScheduleSettings d = ScheduleSettings.DEFAULT;
    ScheduleSettings schedule =
        new ScheduleSettings(
            Duration.ofMillis(300),
            Duration.ZERO,
            Duration.ZERO,
            d.queueReturn(),
            TimeLimits.all(Duration.ZERO),
            4,
            50,
            100,
            100,
            Order.DEFAULT);
    try (ScriptedPeer peer =
            new ScriptedPeer(
                TestTls.serverContext(),
                "greeting@3=421 4.3.2 busy",
                "tls@5=close",
                "mail@4=451 4.3.0 later",
                "mail#7=421 4.3.2 enough",
                "rcpt#3=450 4.2.1 busy",
                "refuse=bad@",
                "data@6=close",
                "dot#6=452 4.3.1 full");
        RelayClient client =
            new RelayClient(
                RelaySettings.of("gw.example.test")
                    .withTimeouts(RelayTimeouts.all(Duration.ofSeconds(5))),
                new RelayClient.Ports(
                    group,
                    workers,
                    TestPolicy::new,
                    new TestTls(Verify.OK),
                    new RelayClientTest.Hosts(Map.of()),
                    RelayLog.NONE));
        Spool spool = Spool.open(dir.resolve("spool"), SpoolSettings.DEFAULT.withMinFreeBytes(0));
        Scheduler scheduler =
            new Scheduler(
                new Scheduler.Ports(
                    spool,
                    mailer -> Optional.of(agent(client, peer.port())),
                    address -> Optional.of(new Route("esmtp", "[127.0.0.1]", address)),
                    () -> "dsn" + ids.incrementAndGet(),
                    hear,
                    Timekeeper.system()),
                schedule,
                BounceSettings.of("gw.example.test"))) {
      scheduler.start();
      for (int i = 0; i < MESSAGES; i++) {
        Incoming incoming = spool.begin();
        byte[] text = ("Subject: m" + i + ".\r\n\r\nhello\r\n").getBytes(StandardCharsets.US_ASCII);
        incoming.append(text, 0, text.length);
        Envelope envelope =
            new Envelope(
                "q" + i,
                "s@client.test",
                List.of(
                    new Envelope.Recipient(
                        "u" + i + "@r.test",
                        "",
                        "",
                        new Route("esmtp", "[127.0.0.1]", bad(i) ? "bad@r" : "u@r"))),
                "",
                "",
                "",
                false,
                Instant.now(),
                "");
        Stored stored =
            incoming.commit(envelope, new byte[0]).toCompletableFuture().get(20, TimeUnit.SECONDS);
        var unused = scheduler.submit(stored, DeliveryMode.BACKGROUND);
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
      while (spool.size().messages() > 0 && System.nanoTime() < end) {
        Thread.sleep(50);
      }
      assertEquals(0, spool.size().messages());
      assertEquals(Map.of(), log);
      Map<String, Integer> seen = new HashMap<>();
      for (String message : List.copyOf(peer.messages)) {
        boolean bounce = message.contains("multipart/report");
        String id = message.replaceAll("(?s).*Subject: (m\\d+)\\..*", "$1");
        seen.merge((bounce ? "bounce " : "") + id, 1, Integer::sum);
      }
      for (int i = 0; i < MESSAGES; i++) {
        int delivered = seen.getOrDefault("m" + i, 0);
        int bounced = seen.getOrDefault("bounce m" + i, 0);
        // More than once: dot#6 answers 452 to what the peer has noted, so it comes again.
        assertTrue((bad(i) ? bounced : delivered) >= 1, "m" + i + " " + delivered + " " + bounced);
        assertEquals(0, bad(i) ? delivered : bounced, "m" + i);
      }
      assertTrue(scheduler.stop(Duration.ofSeconds(5)));
    } finally {
      var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      workers.shutdown();
    }
  }
}
