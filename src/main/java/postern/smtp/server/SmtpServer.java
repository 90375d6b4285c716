package postern.smtp.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A running SMTP server: listeners and their sessions.
 *
 * <p>A reload changes what {@code configuration} supplies; sessions that run keep what they began
 * with.
 */
public final class SmtpServer {
  private static final WriteBufferWaterMark REPLIES = new WriteBufferWaterMark(16384, 32768);

  private final EventLoopGroup loops;
  private final ServerPorts ports;
  private final Supplier<ServerConfiguration> configuration;
  private final ChannelGroup sessions = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ConnectionCounts counts = new ConnectionCounts();
  private final List<Channel> listening = new ArrayList<>();

  private SmtpServer(
      EventLoopGroup loops, Supplier<ServerConfiguration> configuration, ServerPorts ports) {
    this.loops = loops;
    this.configuration = configuration;
    this.ports = ports;
  }

  /**
   * Starts serving.
   *
   * @param threads event loops, 0: one for each processor
   * @throws IOException if a listener cannot be opened (unless it has {@code M=O}); then none is
   */
  public static SmtpServer start(
      List<Listener> listeners,
      Supplier<ServerConfiguration> configuration,
      ServerPorts ports,
      int threads)
      throws IOException {
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("smtp"), NioIoHandler.newFactory());
    SmtpServer server = new SmtpServer(loops, configuration, ports);
    try {
      for (Listener listener : listeners) {
        server.listen(listener);
      }
    } catch (IOException | RuntimeException e) {
      server.stop(Duration.ZERO);
      throw e;
    }
    return server;
  }

  /** Where the server listens, in the order of the listeners that could be opened. */
  public List<InetSocketAddress> addresses() {
    return listening.stream().map(channel -> (InetSocketAddress) channel.localAddress()).toList();
  }

  /** Sessions open now. */
  public int connections() {
    return counts.total();
  }

  /**
   * Stops: no new connections, sessions without a transaction get 421, the others may finish theirs
   * within {@code patience}; then all is closed. Returns when that is done.
   */
  public void stop(Duration patience) {
    for (Channel channel : listening) {
      channel.close().awaitUninterruptibly();
    }
    for (Channel channel : sessions) {
      channel
          .eventLoop()
          .execute(() -> channel.pipeline().fireUserEventTriggered(SessionHandler.STOP));
    }
    var allGone = sessions.newCloseFuture();
    if (!allGone.awaitUninterruptibly(patience.toMillis())) {
      ports.log().note("", "closing " + sessions.size() + " sessions that did not end in time");
      sessions.close().awaitUninterruptibly(1000);
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
  }

  private void listen(Listener listener) throws IOException {
    AcceptThrottle throttle =
        new AcceptThrottle(
            listener.name(),
            () -> configuration.get().settings().limits().rateThrottle(),
            ports.log());
    ListenerCount own = new ListenerCount();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, listener.backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(throttle)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, REPLIES)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    sessions.add(channel);
                    channel.pipeline().addLast(new PromptAck());
                    if (listener.proxied()) {
                      channel
                          .pipeline()
                          .addLast(new HAProxyMessageDecoder())
                          .addLast(new ProxyHead(listener, ports.log()));
                    }
                    channel.pipeline().addLast("smtp", handler(channel, listener, own));
                  }
                });
    if (listener.receiveBuffer() > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, listener.receiveBuffer());
    }
    if (listener.sendBuffer() > 0) {
      bootstrap.childOption(ChannelOption.SO_SNDBUF, listener.sendBuffer());
    }
    ChannelFuture bound = bootstrap.bind(listener.address()).awaitUninterruptibly();
    if (bound.isSuccess()) {
      listening.add(bound.channel());
    } else if (listener.optional()) {
      ports.log().note("", "cannot listen on " + listener.address() + " (optional)");
    } else {
      throw new IOException("cannot listen on " + listener.address(), bound.cause());
    }
  }

  private SessionHandler handler(SocketChannel channel, Listener listener, ListenerCount own) {
    ServerConfiguration current = configuration.get();
    return new SessionHandler(
        new PeerDesk(channel, listener, current.settings(), ports, counts, own),
        (wire, peer, again) ->
            new SmtpSession(
                wire, current, ports, listener, peer, mayPretend(current, channel) ? again : null));
  }

  private static boolean mayPretend(ServerConfiguration current, SocketChannel channel) {
    return current.settings().offers().xclient().has(channel.remoteAddress().getAddress());
  }

  /** Connections of one listener. */
  static final class ListenerCount {
    private int open;

    synchronized int add(int change) {
      open += change;
      return open;
    }
  }
}
