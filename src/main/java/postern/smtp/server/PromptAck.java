package postern.smtp.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * Has TCP acknowledge at once what draws no reply. A client whose TCP holds small packets back
 * until all before them are acknowledged (Nagle's algorithm, on by default) would otherwise wait
 * for our delayed acknowledgement, 40 ms, with the dot behind its content, or with EHLO after the
 * handshake.
 *
 * <p>Sits below the session. A reply carries the acknowledgement itself and costs nothing more.
 */
final class PromptAck extends ChannelDuplexHandler {
  private static final ChannelOption<Boolean> QUICK =
      NioChannelOption.of(ExtendedSocketOptions.TCP_QUICKACK);

  private boolean answered;

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    answered = false;
    ctx.fireChannelReadComplete();
    if (!answered && ctx.channel().isActive()) {
      try {
        // The kernel forgets it with the next packet that it sends; false where there is no such
        // option.
        boolean unused = ctx.channel().config().setOption(QUICK, true);
      } catch (ChannelException e) {
        // The connection just ended.
      }
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    answered = true;
    ctx.flush();
  }
}
