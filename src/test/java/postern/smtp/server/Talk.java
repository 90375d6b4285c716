package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.policy.PeerFacts;
import postern.policy.Policy;
import postern.smtp.QueueIds;

/**
 * A conversation with one session, in memory: real handlers, real TLS, no socket, and a clock that
 * stands until it is moved.
 */
final class Talk implements AutoCloseable {
  static final String HOST = "gw.example.test";
  private static final KitTls TLS = makeTls();
  private static final SslContext CLIENT = makeClient();

  final MemoryIntake intake = new MemoryIntake();
  final List<String> log = new ArrayList<>();

  /** Rule sets that wait for a worker, if the policy may block. */
  final Deque<Runnable> work = new ArrayDeque<>();

  private final EmbeddedChannel server;
  private @Nullable EmbeddedChannel client;
  private final StringBuilder received = new StringBuilder();
  private boolean closed;
  private @Nullable Runnable identification;

  /** What a test may choose. */
  static final class Setup {
    ServerSettings settings = ServerSettings.defaults(HOST);
    String from = "127.0.0.10";
    String modifiers = "";
    Policy policy = new KitPolicy(HOST);
    TlsPort tls = TLS;
    @Nullable Authenticator authenticator;
    boolean peerKnown = true;

    Talk begin() {
      return new Talk(this);
    }
  }

  static Talk begin() {
    return new Setup().begin();
  }

  private Talk(Setup setup) {
    ServerConfiguration configuration =
        new ServerConfiguration(setup.settings, setup.policy, setup.tls, setup.authenticator);
    Clock clock = Clock.fixed(Instant.parse("2026-11-23T13:53:07Z"), ZoneOffset.UTC);
    ServerPorts ports =
        new ServerPorts(
            intake,
            address -> {
              throw new IllegalStateException("nobody asks");
            },
            new Notes(),
            node -> !node.equals("nowhere"),
            new QueueIds(clock, 15993),
            work::add,
            clock);
    Listener listener =
        Listener.on("MTA", InetSocketAddress.createUnresolved("any", 25), setup.modifiers);
    boolean local = setup.from.equals("127.0.0.10");
    String name = local ? "client.example.test" : "[" + setup.from + "]";
    PeerFacts peer =
        new PeerFacts(
            setup.from,
            50000,
            name,
            name,
            local ? PeerFacts.Resolve.OK : PeerFacts.Resolve.FAIL,
            "MTA",
            listener.daemonFlags(),
            "0.0.0.0",
            25,
            1,
            1,
            1);
    server =
        new EmbeddedChannel(
            new SessionHandler(
                new SessionHandler.Peers() {
                  @Override
                  public void identify(Wire wire, Consumer<PeerFacts> known) {
                    if (setup.peerKnown) {
                      known.accept(peer);
                    } else {
                      identification = () -> known.accept(peer);
                    }
                  }

                  @Override
                  public void gone() {
                    closed = true;
                  }
                },
                (wire, facts, again) ->
                    new SmtpSession(
                        wire,
                        configuration,
                        ports,
                        listener,
                        facts,
                        mayPretend(setup) ? again : null)));
    server.freezeTime();
  }

  private static boolean mayPretend(Setup setup) {
    return setup.settings.offers().xclient().has(InetAddress.getLoopbackAddress());
  }

  private static KitTls makeTls() {
    try {
      TestCertificate made = TestCertificate.make(HOST);
      return new KitTls(made.key(), made.certificate(), SslProvider.JDK);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static SslContext makeClient() {
    try {
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.JDK)
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .build();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The client sends {@code octets}, as one read. */
  Talk say(String octets) {
    EmbeddedChannel encrypting = client;
    ByteBuf data = Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1);
    if (encrypting == null) {
      server.writeInbound(data);
    } else {
      encrypting.writeOutbound(data);
      pump();
    }
    return this;
  }

  /** The client sends a line. */
  Talk line(String line) {
    return say(line + "\r\n");
  }

  /** The client sends octets below TLS. */
  void sayRaw(String octets) {
    server.writeInbound(Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1));
  }

  /** Everything the server has said since last asked, CRLF as {@code \n}. */
  String heard() {
    drain();
    String text = received.toString().replace("\r\n", "\n");
    received.setLength(0);
    return text;
  }

  /** Says a line and returns all that comes back. */
  String ask(String line) {
    heard();
    line(line);
    return heard();
  }

  /** The client begins a handshake and goes through with it. */
  Talk handshake() {
    beginHandshake();
    handshaken();
    return this;
  }

  /** The client sends the first octets of a handshake. */
  void beginHandshake() {
    drain();
    EmbeddedChannel other = new EmbeddedChannel();
    client = other;
    other.pipeline().addFirst(CLIENT.newHandler(other.alloc()));
    pump();
  }

  /** The handshake must have succeeded by now. */
  void handshaken() {
    pump();
    EmbeddedChannel other = client;
    SslHandler handler = other == null ? null : other.pipeline().get(SslHandler.class);
    if (handler == null || !handler.handshakeFuture().isSuccess()) {
      throw new AssertionError("no handshake");
    }
  }

  /** The client ends TLS with close_notify. */
  void closeNotify() {
    EmbeddedChannel encrypting = client;
    if (encrypting != null) {
      var unused = encrypting.pipeline().get(SslHandler.class).closeOutbound();
      pump();
    }
  }

  /** Lets time pass. */
  Talk elapse(long millis) {
    server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    server.runScheduledPendingTasks();
    server.runPendingTasks();
    return this;
  }

  /** Lets the event loop do what other threads have handed it. */
  Talk turn() {
    server.runPendingTasks();
    return this;
  }

  /** Runs what waits for a worker. */
  Talk works() {
    Runnable next = work.poll();
    while (next != null) {
      next.run();
      server.runPendingTasks();
      next = work.poll();
    }
    return this;
  }

  boolean isClosed() {
    turn();
    return closed || !server.isOpen();
  }

  /** The peer's name has been found. */
  Talk identify() {
    Runnable found = identification;
    if (found == null) {
      throw new IllegalStateException("the peer is known");
    }
    found.run();
    return turn();
  }

  /** The client will send no more, but still listens. */
  void halfClose() {
    server.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    turn();
  }

  /** The client is gone. */
  void leave() {
    var unused = server.close();
    turn();
  }

  void stop() {
    server.pipeline().fireUserEventTriggered(SessionHandler.STOP);
    turn();
  }

  EmbeddedChannel channel() {
    return server;
  }

  private void drain() {
    pump();
    if (client == null) {
      ByteBuf out = server.readOutbound();
      while (out != null) {
        received.append(out.toString(StandardCharsets.ISO_8859_1));
        out.release();
        out = server.readOutbound();
      }
    }
  }

  /** Carries octets between the two ends until nothing moves. */
  private void pump() {
    EmbeddedChannel encrypting = client;
    if (encrypting == null) {
      return;
    }
    boolean moved = true;
    while (moved) {
      moved = false;
      encrypting.runPendingTasks();
      server.runPendingTasks();
      ByteBuf toServer = encrypting.readOutbound();
      if (toServer != null) {
        moved = true;
        if (server.isOpen()) {
          server.writeInbound(toServer);
        } else {
          toServer.release();
        }
      }
      ByteBuf toClient = server.readOutbound();
      if (toClient != null) {
        moved = true;
        encrypting.writeInbound(toClient);
      }
    }
    ByteBuf plain = encrypting.readInbound();
    while (plain != null) {
      received.append(plain.toString(StandardCharsets.ISO_8859_1));
      plain.release();
      plain = encrypting.readInbound();
    }
  }

  @Override
  public void close() {
    EmbeddedChannel encrypting = client;
    if (encrypting != null) {
      encrypting.finishAndReleaseAll();
    }
    server.finishAndReleaseAll();
  }

  private final class Notes implements ServerLog {
    @Override
    public void note(String id, String text) {
      log.add(id.isEmpty() ? text : id + ": " + text);
    }

    @Override
    public void decided(
        String id,
        String ruleSet,
        String arg1,
        String arg2,
        PeerFacts peer,
        postern.policy.Verdict verdict) {
      log.add("ruleset=" + ruleSet + ", arg1=" + arg1 + ", arg2=" + arg2 + " " + verdict);
    }

    @Override
    public void arrived(Arrival arrival) {
      log.add(
          "%s: from=%s, size=%d, nrcpts=%d, msgid=%s, proto=%s"
              .formatted(
                  arrival.id(),
                  arrival.sender(),
                  arrival.size(),
                  arrival.recipients(),
                  arrival.messageId(),
                  arrival.protocol()));
    }

    @Override
    public void fault(String id, String what, Throwable cause) {
      log.add("FAULT " + what + ": " + cause);
    }
  }
}
