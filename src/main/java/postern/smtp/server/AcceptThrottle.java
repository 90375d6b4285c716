package postern.smtp.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * {@code ConnectionRateThrottle}: accepts so many connections a second and leaves the rest in the
 * backlog until the next. In the listener's own pipeline.
 */
final class AcceptThrottle extends ChannelInboundHandlerAdapter {
  private final String daemon;
  private final IntSupplier perSecond;
  private final ServerLog log;
  private long second;
  private int accepted;

  /**
   * For one listener.
   *
   * @param perSecond 0: any number
   */
  AcceptThrottle(String daemon, IntSupplier perSecond, ServerLog log) {
    this.daemon = daemon;
    this.perSecond = perSecond;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object child) {
    int limit = perSecond.getAsInt();
    if (limit > 0) {
      long nanos = ctx.executor().ticker().nanoTime();
      long now = TimeUnit.NANOSECONDS.toSeconds(nanos);
      if (now != second) {
        second = now;
        accepted = 0;
      }
      if (++accepted >= limit && ctx.channel().config().isAutoRead()) {
        log.note("", "deferring connections on daemon " + daemon + ": " + limit + " per second");
        ctx.channel().config().setAutoRead(false);
        long rest = TimeUnit.SECONDS.toNanos(now + 1) - nanos;
        var unused =
            ctx.executor()
                .schedule(
                    () -> ctx.channel().config().setAutoRead(true), rest, TimeUnit.NANOSECONDS);
      }
    }
    ctx.fireChannelRead(child);
  }
}
