package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listener behind a load balancer ({@code M=p}): whoever connects says in a header (HAProxy's
 * PROXY protocol, version 1 or 2) for whom. Stands between the decoder of the header and the
 * session, which learns of the connection only when its client is known. Peers that are not to be
 * believed, that say nothing or nonsense are disconnected without a word.
 */
final class ProxyHead extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<InetSocketAddress> CLIENT =
      AttributeKey.valueOf("postern.client");
  private static final long PATIENCE_MILLIS = 5_000;

  private final Listener listener;
  private final ServerLog log;
  private @Nullable ScheduledFuture<?> alarm;
  private @Nullable InetSocketAddress client;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;

  ProxyHead(Listener listener, ServerLog log) {
    this.listener = listener;
    this.log = log;
  }

  /** Who is at the other end of {@code channel}, as the proxy has it. */
  static InetSocketAddress client(Channel channel) {
    InetSocketAddress told = channel.attr(CLIENT).get();
    return told == null ? (InetSocketAddress) channel.remoteAddress() : told;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    InetSocketAddress peer = (InetSocketAddress) ctx.channel().remoteAddress();
    if (!listener.proxies().has(peer.getAddress())) {
      refuse(ctx, "it is not one of ProxyNetworks");
      return;
    }
    alarm =
        ctx.executor()
            .schedule(() -> refuse(ctx, "no header"), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HAProxyMessage header) {
      InetSocketAddress said = source(ctx, header);
      header.release();
      if (said == null) {
        refuse(ctx, "no TCP connection");
      }
      client = said;
    } else if (message instanceof ByteBuf behind && client != null) {
      held = held.isReadable() ? Unpooled.wrappedBuffer(held, behind) : behind;
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private static @Nullable InetSocketAddress source(
      ChannelHandlerContext ctx, HAProxyMessage said) {
    if (said.command() == HAProxyCommand.LOCAL
        || said.proxiedProtocol() == HAProxyProxiedProtocol.UNKNOWN) {
      return (InetSocketAddress) ctx.channel().remoteAddress();
    }
    boolean tcp =
        said.proxiedProtocol() == HAProxyProxiedProtocol.TCP4
            || said.proxiedProtocol() == HAProxyProxiedProtocol.TCP6;
    String address = said.sourceAddress();
    if (!tcp || address == null || !address.matches("[0-9A-Fa-f:.]+")) {
      return null;
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(address), said.sourcePort());
    } catch (UnknownHostException e) {
      return null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    InetSocketAddress known = client;
    if (known == null || !ctx.channel().isActive()) {
      return;
    }
    cancel();
    ctx.channel().attr(CLIENT).set(known);
    ByteBuf behind = held;
    held = Unpooled.EMPTY_BUFFER;
    ctx.fireChannelActive();
    ctx.pipeline().remove(this);
    // From the front: TLS may stand there by now, and what came may be its first record.
    if (behind.isReadable()) {
      ctx.pipeline().fireChannelRead(behind);
    }
    ctx.pipeline().fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
    held.release();
    held = Unpooled.EMPTY_BUFFER;
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    refuse(ctx, String.valueOf(cause.getMessage()));
  }

  private void cancel() {
    ScheduledFuture<?> set = alarm;
    if (set != null) {
      set.cancel(false);
      alarm = null;
    }
  }

  private void refuse(ChannelHandlerContext ctx, String why) {
    cancel();
    client = null;
    log.note(
        "",
        "PROXY: daemon "
            + listener.name()
            + " refuses "
            + ctx.channel().remoteAddress()
            + ": "
            + why);
    var unused = ctx.close();
  }
}
