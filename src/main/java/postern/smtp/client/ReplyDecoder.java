package postern.smtp.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Cuts what a peer sends into {@link Reply}s, in bounded memory whatever it sends. What is no reply
 * ends the conversation with a {@link ProtocolException}.
 *
 * <p>At STARTTLS {@link #discard} drops what has been read beyond the 220: bytes that came in the
 * clear must never be taken for a part of the encrypted conversation (RFC 3207 section 4.2).
 */
final class ReplyDecoder extends ChannelInboundHandlerAdapter {
  /** The peer does not speak SMTP. */
  static final class ProtocolException extends Exception {
    ProtocolException(String message) {
      super(message, null, false, false);
    }
  }

  private final ReplyParser parser = new ReplyParser();
  private boolean broken;
  private int generation;
  private int dropped;

  /** Octets that were dropped by {@link #discard} because they came behind the 220. */
  int dropped() {
    return dropped;
  }

  /** Forgets everything read so far and the rest of the buffer that is being read. */
  void discard() {
    generation++;
    parser.reset();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      int before = generation;
      while (bytes.isReadable() && !broken && generation == before) {
        accept(ctx, bytes.readByte());
      }
      if (generation != before) {
        dropped += bytes.readableBytes();
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void accept(ChannelHandlerContext ctx, byte b) {
    try {
      Reply reply = parser.accept(b);
      if (reply != null) {
        ctx.fireChannelRead(reply);
      }
    } catch (ProtocolException e) {
      broken = true;
      ctx.fireExceptionCaught(e);
    }
  }
}
