package postern.smtp.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.policy.RelayPolicy;

/**
 * Relays messages: finds the hosts of a destination, tries them in order over a kept or a new
 * connection, falls back to clear text where that is allowed, and says for each recipient what came
 * of it. Safe for many threads.
 */
public final class RelayClient implements AutoCloseable {
  private static final int MOST_REMEMBERED = 10_000;

  /**
   * What a client works with.
   *
   * @param group event loops for the connections
   * @param workers for what may block: reading content, rule sets with blocking maps
   * @param policies the rule sets for one more connection
   */
  public record Ports(
      EventLoopGroup group,
      Executor workers,
      Supplier<RelayPolicy> policies,
      ClientTls tls,
      MxResolver resolver,
      RelayLog log) {}

  private final RelaySettings settings;
  private final Ports ports;
  private final Destination destination;
  private final IdleConnections idle;

  /** Peers that offer CHUNKING without knowing BDAT. */
  private final Set<Destination.Target> dataOnly = ConcurrentHashMap.newKeySet();

  public RelayClient(RelaySettings settings, Ports ports) {
    this.settings = settings;
    this.ports = ports;
    this.destination = new Destination(ports.resolver(), settings, new Random());
    this.idle = new IdleConnections(settings);
  }

  /**
   * Tries to deliver to every recipient of the job.
   *
   * @return one outcome for each recipient, in the envelope's order; never fails
   */
  public CompletionStage<List<RecipientOutcome>> deliver(RelayJob job) {
    return destination
        .resolve(job.host(), job.transport())
        .thenCompose(resolved -> new Delivery(job, resolved).next());
  }

  /** One job on its way from host to host. */
  private final class Delivery {
    private final RelayJob job;
    private final List<Destination.Target> targets;
    private final List<Transaction.Recipient> recipients = new ArrayList<>();

    /** The failure that counts if no host does better: a temporary one before a permanent one. */
    private @Nullable Failure worst;

    private String worstRelay = "";
    private int at;
    private final long began = System.nanoTime();

    Delivery(RelayJob job, Destination.Resolved resolved) {
      this.job = job;
      this.targets = resolved.targets();
      for (int i = 0; i < job.envelope().recipients().size(); i++) {
        recipients.add(new Transaction.Recipient(i, job.envelope().recipients().get(i)));
      }
      resolved.failures().forEach(failure -> note(failure, ""));
    }

    private void note(Failure failure, String relay) {
      if (worst == null || worst.isPermanent() || !failure.isPermanent()) {
        worst = failure;
        worstRelay = relay;
      }
    }

    private List<Transaction.Recipient> open() {
      return recipients.stream().filter(r -> r.outcome == null).toList();
    }

    /** Tries the next host, or ends. */
    CompletableFuture<List<RecipientOutcome>> next() {
      if (open().isEmpty() || at == targets.size() || (at > 0 && outOfTime())) {
        return CompletableFuture.completedFuture(outcomes());
      }
      Destination.Target target = targets.get(at++);
      SmtpConnection kept = idle.take(target);
      return kept == null ? fresh(target) : onLoop(kept.loop(), () -> reuse(target, kept));
    }

    /** {@code Timeout.aconnect}: no further host is tried after it. */
    private boolean outOfTime() {
      long limit = settings.timeouts().allConnect().toNanos();
      return limit > 0 && System.nanoTime() - began > limit;
    }

    private CompletableFuture<List<RecipientOutcome>> reuse(
        Destination.Target target, SmtpConnection connection) {
      connection.onIdleClose(null);
      if (!connection.usable()) {
        return fresh(target);
      }
      return transact(target, connection)
          .thenCompose(
              failure -> {
                // The peer had tired of it: a new connection to the same host, not the next host.
                return failure != null ? fresh(target) : next();
              });
    }

    private CompletableFuture<List<RecipientOutcome>> fresh(Destination.Target target) {
      return Opening.either(
          connect(target, job, false),
          connection ->
              transact(target, connection)
                  .thenCompose(
                      failure -> {
                        if (failure instanceof ContentExchange.NoChunking) {
                          if (dataOnly.size() < MOST_REMEMBERED && dataOnly.add(target)) {
                            return fresh(target);
                          }
                        }
                        if (failure != null) {
                          note(failure, target.relay());
                        }
                        return next();
                      }),
          e -> unreachable(target, e));
    }

    private CompletableFuture<@Nullable Failure> transact(
        Destination.Target target, SmtpConnection connection) {
      return new Transaction(
              connection,
              job,
              open(),
              !dataOnly.contains(target),
              settings.timeouts(),
              ports.log(),
              ports.workers())
          .run()
          .thenApply(
              failure -> {
                if (failure != null) {
                  connection.giveUp(failure);
                } else if (!connection.usable()) {
                  connection.drop();
                } else if (!job.keepOpen()
                    || connection.isTired()
                    || !idle.keep(target, connection)) {
                  connection.quit(settings.timeouts().quit());
                }
                return failure;
              });
    }

    private CompletableFuture<List<RecipientOutcome>> unreachable(
        Destination.Target target, Throwable e) {
      Failure failure =
          e instanceof Failure known ? known : Failure.temporary("4.3.0", "internal error: " + e);
      if (failure.elsewhere()) {
        note(failure, target.relay());
        return next();
      }
      for (Transaction.Recipient recipient : open()) {
        recipient.outcome = failure.outcome(target.relay(), "", true);
      }
      return next();
    }

    private List<RecipientOutcome> outcomes() {
      Failure failure = worst;
      if (failure == null) {
        failure = Failure.temporary("4.4.0", "no host could be tried");
      }
      List<RecipientOutcome> outcomes = new ArrayList<>();
      for (Transaction.Recipient recipient : recipients) {
        RecipientOutcome outcome = recipient.outcome;
        outcomes.add(outcome != null ? outcome : failure.outcome(worstRelay, "", true));
      }
      return outcomes;
    }
  }

  /** A connection on which MAIL may be sent; fails with a {@link Failure}. */
  private CompletableFuture<SmtpConnection> connect(
      Destination.Target target, RelayJob job, boolean clearRetry) {
    RelayPolicy policy = ports.policies().get();
    policy.message(job.mail());
    EventLoop loop = ports.group().next();
    return onLoop(
        loop,
        () ->
            Opening.either(
                Opening.ask(
                        policy, ports.workers(), loop, () -> policy.clientFeatures(target.host()))
                    .thenCompose(flags -> dial(target, job, policy, loop, flags, clearRetry)),
                CompletableFuture::completedFuture,
                e -> fallBack(target, job, clearRetry, e)));
  }

  private CompletableFuture<SmtpConnection> dial(
      Destination.Target target,
      RelayJob job,
      RelayPolicy policy,
      EventLoop loop,
      String flags,
      boolean clearRetry) {
    if (flags.regionMatches(true, 0, "temp", 0, 4)) {
      ports.log().skipped(target.host());
      return CompletableFuture.failedFuture(
          Failure.connection("4.4.0", "clt_features skips", target.host()));
    }
    return dial(target, job, policy, loop)
        .thenCompose(
            connection ->
                open(
                    connection,
                    target,
                    flags + settings.localEnd(target.address()).flags(),
                    clearRetry));
  }

  private CompletableFuture<SmtpConnection> open(
      SmtpConnection connection, Destination.Target target, String flags, boolean clearRetry) {
    return new Opening(
            connection,
            target,
            settings,
            ports.tls(),
            ports.log(),
            ports.workers(),
            flags,
            clearRetry)
        .run()
        .whenComplete(
            (opened, e) -> {
              if (e != null && connection.usable()) {
                connection.drop(); // whoever says why has sent QUIT already
              }
            });
  }

  /** After a failed handshake, where option or flag allow it: once more, in the clear. */
  private CompletableFuture<SmtpConnection> fallBack(
      Destination.Target target, RelayJob job, boolean clearRetry, Throwable e) {
    if (!(e instanceof Opening.HandshakeFailed handshake)) {
      return CompletableFuture.failedFuture(e);
    }
    boolean allowed =
        !clearRetry
            && !job.envelope().requireTls()
            && handshake.mayFallBack(settings.fallBackToClear());
    return allowed
        ? connect(target, job, true)
        : CompletableFuture.failedFuture(handshake.failure());
  }

  private CompletableFuture<SmtpConnection> dial(
      Destination.Target target, RelayJob job, RelayPolicy policy, EventLoop loop) {
    CompletableFuture<SmtpConnection> dialled = new CompletableFuture<>();
    SmtpConnection[] made = new SmtpConnection[1];
    boolean internet = target.address() instanceof InetSocketAddress;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(internet ? NioSocketChannel.class : NioDomainSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis(job.tries() == 0))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    ReplyDecoder decoder = new ReplyDecoder();
                    SmtpConnection connection =
                        new SmtpConnection(channel, decoder, target.host(), target.relay(), policy);
                    made[0] = connection;
                    channel.pipeline().addLast("reply", decoder).addLast("smtp", connection);
                  }
                });
    if (internet) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
      bind(bootstrap, settings.localEnd(target.address()));
    }
    bootstrap
        .connect(target.address())
        .addListener(
            (ChannelFuture future) -> {
              if (future.isSuccess()) {
                policy.connected(target.host(), target.literal());
                dialled.complete(made[0]);
              } else {
                dialled.completeExceptionally(unreachable(target, future.cause()));
              }
            });
    return dialled;
  }

  private static void bind(Bootstrap bootstrap, LocalEnd end) {
    if (end.address() != null || end.port() > 0) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      bootstrap.localAddress(
          end.address() == null
              ? new InetSocketAddress(end.port())
              : new InetSocketAddress(end.address(), end.port()));
    }
    if (end.sendBuffer() > 0) {
      bootstrap.option(ChannelOption.SO_SNDBUF, end.sendBuffer());
    }
    if (end.receiveBuffer() > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, end.receiveBuffer());
    }
  }

  private int connectMillis(boolean firstTry) {
    RelayTimeouts limits = settings.timeouts();
    boolean first = firstTry && !limits.firstConnect().isZero();
    long millis = (first ? limits.firstConnect() : limits.connect()).toMillis();
    return millis == 0 ? 60_000 : (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private static Failure unreachable(Destination.Target target, @Nullable Throwable cause) {
    String how;
    if (cause instanceof ConnectTimeoutException) {
      how = "Connection timed out with";
    } else if (cause instanceof NoRouteToHostException) {
      how = "No route to";
    } else if (cause instanceof ConnectException) {
      how = "Connection refused by";
    } else {
      how = "Cannot connect to";
    }
    return Failure.connection("4.4.1", how, target.host());
  }

  private static <T> CompletableFuture<T> onLoop(
      EventLoop loop, Supplier<CompletableFuture<T>> step) {
    if (loop.inEventLoop()) {
      return step.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            Opening.pass(step.get(), result);
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Ends the connections that are kept open. Sessions under way go on. */
  @Override
  public void close() {
    idle.close();
  }
}
