package postern.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Takes all mail at many loopback addresses and forgets it; some addresses are difficult. */
final class SinkPeer implements AutoCloseable {
  /** How an address behaves. */
  enum Manner {
    /** Takes everything at once. */
    GOOD,
    /** Takes its time over each message. */
    SLOW,
    /** Accepts a connection and never says a word. */
    SILENT
  }

  private final List<Channel> listening = new ArrayList<>();
  private final EventLoopGroup loops;
  private final int slowMillis;
  private int port;
  final AtomicLong taken = new AtomicLong();

  SinkPeer(EventLoopGroup loops, int slowMillis) {
    this.loops = loops;
    this.slowMillis = slowMillis;
  }

  int port() {
    return port;
  }

  /** Listens at {@code address}, at the same port as all others. */
  void listen(String address, Manner manner) {
    Channel channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel child) {
                    child
                        .pipeline()
                        .addLast(new LineBasedFrameDecoder(4096))
                        .addLast(new Session(manner));
                  }
                })
            .bind(new InetSocketAddress(address, port))
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) channel.localAddress()).getPort();
    listening.add(channel);
  }

  @Override
  public void close() {
    listening.forEach(channel -> channel.close().syncUninterruptibly());
  }

  private final class Session extends SimpleChannelInboundHandler<ByteBuf> {
    private final Manner manner;
    private boolean content;

    Session(Manner manner) {
      this.manner = manner;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      say(ctx, "220 sink.test ESMTP");
    }

    private void say(ChannelHandlerContext ctx, String text) {
      if (manner != Manner.SILENT) {
        var unused =
            ctx.writeAndFlush(Unpooled.copiedBuffer(text + "\r\n", StandardCharsets.ISO_8859_1));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf line) {
      if (content) {
        if (line.readableBytes() == 1 && line.getByte(line.readerIndex()) == '.') {
          content = false;
          if (manner == Manner.SLOW) {
            var unused =
                ctx.executor().schedule(() -> took(ctx), slowMillis, TimeUnit.MILLISECONDS);
          } else {
            took(ctx);
          }
        }
        return;
      }
      switch (line.toString(StandardCharsets.ISO_8859_1).substring(0, 4)) {
        case "EHLO" -> say(ctx, "250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME");
        case "DATA" -> {
          content = true;
          say(ctx, "354 go on");
        }
        case "QUIT" -> {
          say(ctx, "221 bye");
          var unused = ctx.close();
        }
        default -> say(ctx, "250 ok");
      }
    }

    private void took(ChannelHandlerContext ctx) {
      taken.incrementAndGet();
      say(ctx, "250 taken");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var unused = ctx.close();
    }
  }
}
