package postern.smtp.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what a peer sends into {@link Reply}s, in bounded memory whatever it sends. What is no reply
 * ends the conversation with a {@link ProtocolException}.
 *
 * <p>At STARTTLS {@link #discard} drops what has been read beyond the 220: bytes that came in the
 * clear must never be taken for a part of the encrypted conversation (RFC 3207 section 4.2).
 */
final class ReplyDecoder extends ChannelInboundHandlerAdapter {
  private static final int LINE_KEPT = 512;
  private static final int LONGEST_LINE = 8192;
  private static final int LINES_KEPT = 100;
  private static final int MOST_LINES = 500;

  /** The peer does not speak SMTP. */
  static final class ProtocolException extends Exception {
    ProtocolException(String message) {
      super(message, null, false, false);
    }
  }

  private final StringBuilder line = new StringBuilder();
  private final List<String> lines = new ArrayList<>();
  private int length;
  private int count;
  private int code;
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
    line.setLength(0);
    length = 0;
    lines.clear();
    count = 0;
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
    if (b != '\n') {
      if (++length > LONGEST_LINE) {
        fail(ctx, "reply line too long");
      } else if (line.length() < LINE_KEPT && b != '\r') {
        line.append(b >= ' ' && b < 127 ? (char) b : '?');
      }
      return;
    }
    String text = line.toString();
    line.setLength(0);
    length = 0;
    endOfLine(ctx, text);
  }

  private void endOfLine(ChannelHandlerContext ctx, String text) {
    int value = code(text);
    if (value < 0 || (count > 0 && value != code)) {
      fail(ctx, "not an SMTP reply: " + text.substring(0, Math.min(60, text.length())));
      return;
    }
    code = value;
    if (++count > MOST_LINES) {
      fail(ctx, "reply has too many lines");
      return;
    }
    if (lines.size() < LINES_KEPT) {
      lines.add(text.length() > 4 ? text.substring(4) : "");
    }
    if (text.length() == 3 || text.charAt(3) == ' ') {
      Reply reply = new Reply(code, lines);
      lines.clear();
      count = 0;
      ctx.fireChannelRead(reply);
    }
  }

  /** The code of a reply line, or -1 if it is none. */
  private static int code(String text) {
    if (text.length() < 3
        || (text.length() > 3 && text.charAt(3) != ' ' && text.charAt(3) != '-')) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value >= 200 && value <= 599 ? value : -1;
  }

  private void fail(ChannelHandlerContext ctx, String why) {
    broken = true;
    ctx.fireExceptionCaught(new ProtocolException(why));
  }
}
