package postern.smtp.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postern.policy.PeerFacts;
import postern.smtp.QueueIds;

/** The server on real sockets of the loopback interface. */
@Timeout(30)
class SmtpServerTest {
  private final MemoryIntake intake = new MemoryIntake();
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private ServerSettings settings = ServerSettings.defaults("gw.test");
  private Busy busy = Busy.NEVER;

  @SuppressWarnings("NullAway.Init") // each test starts it first
  private SmtpServer server;

  private SmtpServer start(Listener... listeners) throws IOException {
    ServerConfiguration configuration =
        new ServerConfiguration(settings, new KitPolicy("gw.test"), TlsPort.NONE, null);
    PeerNames names =
        address ->
            CompletableFuture.supplyAsync(
                () -> new PeerNames.PeerName("localhost", "localhost", PeerFacts.Resolve.OK),
                workers);
    ServerPorts ports =
        new ServerPorts(
            intake,
            names,
            ServerLog.NONE,
            node -> true,
            new QueueIds(Clock.systemUTC(), 1),
            workers,
            Clock.systemUTC(),
            busy);
    server = SmtpServer.start(List.of(listeners), () -> configuration, ports, 1);
    return server;
  }

  private static Listener loopback(String modifiers) {
    return Listener.on(
        "MTA", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), modifiers);
  }

  @AfterEach
  void stop() {
    SmtpServer running = server;
    if (running != null) {
      running.stop(Duration.ZERO);
    }
    workers.shutdownNow();
  }

  /** A client that says and hears lines. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(SmtpServer server) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.addresses().get(0).getPort());
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    String ask(String text) throws IOException {
      socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
      return hear();
    }

    /** The last line of the next reply, {@code closed} if there is none. */
    String hear() throws IOException {
      String line;
      do {
        line = in.readLine();
      } while (line != null && line.length() > 3 && line.charAt(3) == '-');
      return line == null ? "closed" : line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void takesAMessage() throws IOException {
    start(loopback(""));
    try (Client client = new Client(server)) {
      assertEquals("220 gw.test ESMTP Postern", client.hear());
      assertEquals("250 HELP", client.ask("EHLO c.test"));
      assertEquals("250 2.1.0 <a@b.test>... Sender ok", client.ask("MAIL FROM:<a@b.test>"));
      assertEquals("250 2.1.5 <u@sink.test>... Recipient ok", client.ask("RCPT TO:<u@sink.test>"));
      assertEquals("354 End data with <CR><LF>.<CR><LF>", client.ask("DATA"));
      assertTrue(client.ask("Subject: x\r\n\r\nx\r\n.").startsWith("250 2.0.0 "));
      assertEquals("221 2.0.0 gw.test closing connection", client.ask("QUIT"));
      assertEquals("closed", client.hear());
    }
    assertEquals(1, intake.stored.size());
    assertTrue(intake.stored.get(0).content().contains("(localhost [127.0.0.1])"));
  }

  /** A client that has Nagle's algorithm on and sends the dot by itself waits for no timer. */
  @Test
  void aLineInTwoPacketsDoesNotWaitForADelayedAcknowledgement() throws IOException {
    start(loopback(""));
    long least = Long.MAX_VALUE;
    try (Client client = new Client(server)) {
      client.hear();
      for (int i = 0; i < 20; i++) {
        long before = System.nanoTime();
        for (char c : "NOOP".toCharArray()) {
          client.socket.getOutputStream().write(c);
        }
        assertEquals("250 2.0.0 OK", client.ask(""));
        if (i >= 10) { // the kernel acknowledges a new connection's first packets at once anyway
          least = Math.min(least, System.nanoTime() - before);
        }
      }
    }
    assertTrue(least < 30_000_000, least / 1000 + " us");
  }

  @Test
  void theLastReplyArrivesThoughTheClientKeepsSending() throws IOException {
    start(loopback(""));
    for (int i = 0; i < 5; i++) {
      try (Client client = new Client(server)) {
        client.hear();
        // a megabyte without a line end: refused at 2 kB, and the refusal is not lost in a reset
        assertTrue(
            client.ask("A".repeat(1_000_000)).startsWith("421 4.7.0 gw.test Command too long"));
      }
    }
  }

  @Test
  void tooManyConnectionsAreToldSo() throws IOException {
    ServerSettings.Limits d = ServerSettings.Limits.DEFAULT;
    settings =
        settings.with(
            new ServerSettings.Limits(
                0,
                0,
                0,
                0,
                0,
                2,
                0,
                0,
                60,
                d.hops(),
                d.headersLength(),
                d.noops(),
                d.badCommands()));
    start(loopback(""));
    try (Client one = new Client(server);
        Client two = new Client(server)) {
      assertTrue(one.hear().startsWith("220 "));
      assertTrue(two.hear().startsWith("220 "));
      try (Client three = new Client(server)) {
        assertEquals("421 4.3.2 gw.test Too many connections; try again later", three.hear());
      }
      assertEquals("221 2.0.0 gw.test closing connection", two.ask("QUIT"));
      assertEquals("closed", two.hear());
      String greeting = "";
      for (int i = 0; i < 100 && !greeting.startsWith("220 "); i++) {
        try (Client again = new Client(server)) {
          greeting = again.hear();
        }
      }
      assertTrue(greeting.startsWith("220 "), greeting);
    }
  }

  @Test
  void stoppingLetsATransactionFinish() throws Exception {
    start(loopback(""));
    try (Client busy = new Client(server);
        Client idle = new Client(server)) {
      busy.hear();
      idle.hear();
      busy.ask("MAIL FROM:<a@b.test>");
      busy.ask("RCPT TO:<u@sink.test>");
      busy.ask("DATA");
      Future<?> stopped = workers.submit(() -> server.stop(Duration.ofSeconds(10)));
      assertTrue(idle.hear().startsWith("421 4.3.2 "));
      assertTrue(busy.ask("x\r\n.").startsWith("250 2.0.0 "));
      assertTrue(busy.hear().startsWith("421 4.3.2 "));
      stopped.get();
      assertEquals(0, server.connections());
    }
    assertEquals(1, intake.stored.size());
  }

  @Test
  void stoppingIsBounded() throws Exception {
    start(loopback(""));
    try (Client busy = new Client(server)) {
      busy.hear();
      busy.ask("MAIL FROM:<a@b.test>");
      long before = System.nanoTime();
      server.stop(Duration.ofMillis(200));
      assertTrue(System.nanoTime() - before < 5_000_000_000L);
      assertEquals("closed", busy.hear());
    }
  }

  @Test
  void aPortThatIsTakenIsAnErrorUnlessOptional() throws IOException {
    start(loopback(""));
    InetSocketAddress taken = server.addresses().get(0);
    SmtpServer first = server;
    assertThrows(IOException.class, () -> start(Listener.on("B", taken, "")));
    SmtpServer second = start(Listener.on("B", taken, "O"), loopback(""));
    assertEquals(1, second.addresses().size());
    first.stop(Duration.ZERO);
  }

  /** A client whose first octets are the given ones. */
  private Client proxied(byte[] header) throws IOException {
    Client client = new Client(server);
    client.socket.getOutputStream().write(header);
    return client;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void behindAProxyTheClientIsWhoTheHeaderNames() throws IOException {
    start(loopback("p"));
    try (Client client = proxied(ascii("PROXY TCP4 127.0.0.28 192.0.2.1 40000 25\r\n"))) {
      assertEquals("220 gw.test ESMTP Postern", client.hear());
      client.ask("EHLO c.test");
      assertEquals("550 5.7.1 You are not welcome", client.ask("MAIL FROM:<a@b.test>"));
    }
    byte[] two = {
      0x0d,
      0x0a,
      0x0d,
      0x0a,
      0x00,
      0x0d,
      0x0a,
      0x51,
      0x55,
      0x49,
      0x54,
      0x0a, // signature
      0x21,
      0x11,
      0,
      12,
      127,
      0,
      0,
      28,
      (byte) 192,
      0,
      2,
      1,
      (byte) 0x9c,
      0x40,
      0,
      25
    };
    try (Client client = proxied(two)) {
      assertEquals("220 gw.test ESMTP Postern", client.hear());
      client.ask("EHLO c.test");
      assertEquals("550 5.7.1 You are not welcome", client.ask("MAIL FROM:<a@b.test>"));
    }
    try (Client client = proxied(ascii("PROXY UNKNOWN\r\n"))) {
      assertEquals("220 gw.test ESMTP Postern", client.hear());
    }
    for (String nonsense :
        new String[] {"EHLO c.test\r\n", "PROXY TCP4 x y 1 2\r\n", "PROXY TCP9\r\n"}) {
      try (Client client = proxied(ascii(nonsense))) {
        assertEquals("closed", client.hear(), nonsense);
      }
    }
  }

  @Test
  void aProxyThatIsNotBelievedIsDisconnected() throws IOException {
    start(loopback("p").behind(Networks.of(List.of("192.0.2.0/24", "2001:db8::/32"))));
    try (Client client = new Client(server)) {
      assertEquals("closed", client.hear());
    }
    Networks networks = Networks.of(List.of("192.0.2.128/25", "2001:db8::/32", "203.0.113.7"));
    for (String inside : new String[] {"192.0.2.129", "2001:db8:1::1", "203.0.113.7"}) {
      assertTrue(networks.has(InetAddress.getByName(inside)), inside);
    }
    for (String outside : new String[] {"192.0.2.127", "2001:db9::1", "203.0.113.8"}) {
      assertFalse(networks.has(InetAddress.getByName(outside)), outside);
    }
    for (String bad : new String[] {"192.0.2.0/33", "host.test", "192.0.2.0/x", "", "1.2.3.4.5"}) {
      assertThrows(IllegalArgumentException.class, () -> Networks.of(List.of(bad)), bad);
    }
  }

  @Test
  void whoTricklesIsSentAway() throws IOException {
    settings =
        settings.with(ServerSettings.Timeouts.DEFAULT.with(new ServerSettings.Trickle(1000, 300)));
    start(loopback(""));
    try (Client client = new Client(server)) {
      client.hear();
      client.ask("EHLO c.test");
      client.ask("MAIL FROM:<a@b.test>");
      client.ask("RCPT TO:<u@sink.test>");
      client.ask("DATA");
      for (int i = 0; i < 12; i++) {
        Thread.sleep(50);
        client.socket.getOutputStream().write('x');
      }
      assertTrue(client.hear().startsWith("421 4.4.1 "));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertEquals(0, intake.stored.size());
  }

  @Test
  void aBusyMachineDelaysAndRefuses() throws IOException {
    AtomicBoolean refuses = new AtomicBoolean();
    busy =
        new Busy() {
          @Override
          public boolean refuses(Listener listener) {
            return refuses.get();
          }

          @Override
          public boolean delays(Listener listener) {
            return true;
          }
        };
    start(loopback(""));
    try (Client client = new Client(server)) {
      client.hear();
      long began = System.nanoTime();
      assertEquals("250 2.0.0 OK", client.ask("NOOP"));
      assertTrue(System.nanoTime() - began >= 950_000_000L);
    }
    refuses.set(true);
    try (Client client = new Client(server)) {
      assertTrue(client.hear().startsWith("421 "));
    }
  }
}
