package postern.smtp.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import postern.policy.RelayPolicy;

/**
 * One connection to a peer: commands out, replies matched to them in order, time limits, the way to
 * TLS. Everything runs on its event loop; stages complete there.
 *
 * <p>A reply that nobody waits for means that the two sides are out of step; the connection is
 * given up at once, because every later reply would be taken for the wrong command's.
 */
final class SmtpConnection extends SimpleChannelInboundHandler<Reply> {
  /** A host that was chosen once should not be the choice for ever. */
  private static final long LONGEST_LIFE_NANOS = 300_000_000_000L;

  private record Expected(CompletableFuture<Reply> reply, Duration limit) {}

  private final ArrayDeque<Expected> expected = new ArrayDeque<>();
  private final ReplyDecoder decoder;
  private final Channel channel;

  /** Name of the peer as the route has it: {@code ${server_name}}. */
  final String host;

  /** {@code relay=}: name and address. */
  final String relay;

  final RelayPolicy policy;
  PeerExtensions extensions = PeerExtensions.NONE;
  boolean tlsActive;

  /**
   * Fit for REQUIRETLS: the peer's certificate leads to a trusted one ({@code ${verify}} is OK or
   * TRUSTED) and is made out to {@link #host}.
   */
  boolean authenticated;

  /** Facts for the attempts log, empty without TLS. */
  String tls = "";

  /** The peer has acknowledged a BDAT. */
  boolean chunking;

  /** The peer puts off whatever comes over this connection: another may fare better. */
  boolean puttingOff;

  private final long born = System.nanoTime();

  /** Transactions so far. */
  int transactions;

  /** The last reply's line, for {@code reply=}. */
  String lastReply = "";

  private @Nullable ScheduledFuture<?> timer;
  private @Nullable Failure broken;
  private @Nullable Runnable onIdleClose;
  private boolean closing;

  SmtpConnection(
      Channel channel, ReplyDecoder decoder, String host, String relay, RelayPolicy policy) {
    super(Reply.class);
    this.channel = channel;
    this.decoder = decoder;
    this.host = host;
    this.relay = relay;
    this.policy = policy;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  Channel channel() {
    return channel;
  }

  /** Whether another command may be sent. */
  boolean usable() {
    return broken == null && !closing && channel.isActive();
  }

  /** Whether it should rather not be used again. */
  boolean isTired() {
    return puttingOff || System.nanoTime() - born > LONGEST_LIFE_NANOS;
  }

  /** Why the connection broke, or null. */
  @Nullable Failure broken() {
    return broken;
  }

  /** Waits for the next reply that no earlier caller waits for. */
  CompletableFuture<Reply> expect(Duration limit) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    Failure why = broken;
    if (why != null || !channel.isActive()) {
      reply.completeExceptionally(why != null ? why : lost());
      return reply;
    }
    expected.add(new Expected(reply, limit));
    if (expected.size() == 1) {
      startTimer();
    }
    return reply;
  }

  /** Writes lines (without line ends) in one go. */
  void send(String... lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append("\r\n");
    }
    var unused =
        channel.writeAndFlush(
            channel
                .alloc()
                .buffer(text.length())
                .writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Sends a command and waits for its reply. */
  CompletableFuture<Reply> ask(String command, Duration limit) {
    CompletableFuture<Reply> reply = expect(limit);
    send(command);
    return reply;
  }

  /** Pushes the time limit of what is expected first away: something has moved. */
  void moved(Duration limit) {
    stopTimer();
    if (!expected.isEmpty()) {
      startTimer(limit);
    }
  }

  /** Starts the limit of the reply expected first anew. */
  void restartTimer() {
    stopTimer();
    startTimer();
  }

  private void startTimer() {
    Expected first = expected.peek();
    if (first != null) {
      startTimer(first.limit);
    }
  }

  private void startTimer(Duration limit) {
    if (!limit.isZero()) {
      timer =
          loop()
              .schedule(
                  () -> giveUp(Failure.connection("4.4.2", "Connection timed out with", host)),
                  limit.toMillis(),
                  TimeUnit.MILLISECONDS);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Reply reply) {
    stopTimer();
    Expected first = expected.poll();
    if (first == null) {
      giveUp(
          Failure.temporary(
              "4.5.0", reply.closing() ? reply.line() : "reply out of turn from " + host));
      return;
    }
    lastReply = reply.line();
    startTimer();
    if (reply.closing()) {
      closing = true;
    }
    first.reply.complete(reply);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    giveUp(lost());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    giveUp(
        cause instanceof ReplyDecoder.ProtocolException
            ? Failure.temporary("4.5.0", cause.getMessage() + " (" + host + ")")
            : lost());
  }

  private Failure lost() {
    return Failure.connection("4.4.2", "Connection reset by", host);
  }

  /**
   * What a reply means that is not the wished one: a refusal; or, where only 2xx or an error can
   * stand, a sign that we are out of step, and then the connection is given up.
   */
  Failure answered(Step step, String command, Reply reply) {
    if (reply.temporary() || reply.permanent()) {
      return Failure.refused(host, step, command, reply, false);
    }
    Failure failure =
        Failure.temporary(
            "4.5.0", "protocol error: " + reply.line() + " to " + command.split(" ", 2)[0]);
    giveUp(failure);
    return failure;
  }

  /** Closes at once; whoever waits for a reply hears why. */
  void giveUp(Failure why) {
    if (broken == null) {
      broken = why;
    }
    stopTimer();
    var unused = channel.close();
    Expected next = expected.poll();
    while (next != null) {
      next.reply.completeExceptionally(why);
      next = expected.poll();
    }
    if (onIdleClose != null) {
      onIdleClose.run();
      onIdleClose = null;
    }
  }

  /** QUIT, and close when it was answered or its time is over. Nobody waits for it. */
  void quit(Duration limit) {
    if (!usable()) {
      drop();
      return;
    }
    closing = true;
    var unused = ask("QUIT", limit).whenComplete((reply, e) -> drop());
  }

  /** Closes without a word. */
  void drop() {
    giveUp(Failure.connection("4.4.2", "Connection closed to", host));
  }

  /** Has {@code action} run when the connection breaks, or no longer if null. */
  void onIdleClose(@Nullable Runnable action) {
    onIdleClose = action;
  }

  /**
   * Starts TLS: what was read of the clear text beyond the 220 is dropped, the handler goes in and
   * the handshake begins.
   *
   * @return completes when the handshake is done, or fails with its reason
   */
  CompletableFuture<@Nullable Void> startTls(SslHandler handler, Duration limit) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    decoder.discard();
    handler.setHandshakeTimeoutMillis(limit.toMillis());
    // Before the handler is added: a handshake that fails at once must find its listener.
    Future<Channel> handshake = handler.handshakeFuture();
    channel.pipeline().addFirst("tls", handler);
    handshake.addListener(
        (Future<Channel> future) -> {
          if (future.isSuccess()) {
            tlsActive = true;
            extensions = PeerExtensions.NONE;
            done.complete(null);
          } else {
            Throwable cause = future.cause();
            done.completeExceptionally(
                cause == null ? new IllegalStateException("handshake failed") : cause);
          }
        });
    return done;
  }

  /** Octets in the clear that came behind the 220 to STARTTLS. */
  int injected() {
    return decoder.dropped();
  }

  /** Writes content; completes when it has left. */
  ChannelFuture write(Object content) {
    return channel.writeAndFlush(content);
  }
}
