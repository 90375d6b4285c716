package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Stands before the TLS handler and makes good for two things. A record that claims more than TLS
 * allows (RFC 8446 section 5.2) ends the connection at once; the handler would wait for its rest.
 * And when an alert has gone out the connection ends, too: with BoringSSL the handler sends the
 * alert for a record that fails to decrypt, but learns of the failure only at the next record, and
 * a peer that sends none would stay for ever.
 */
final class TlsRecordGuard extends ChannelDuplexHandler {
  private static final int HEADER = 5;
  private static final int LONGEST = 16384 + 2048;
  private static final int ALERT = 21;
  private static final int APPLICATION_DATA = 23;

  /** Level, description, content type, tag: in TLS 1.3 an alert can be told by its length. */
  private static final int SEALED_ALERT = 2 + 1 + 16;

  private int header; // octets of the current record's header that have passed
  private int length;
  private int left;
  private boolean strange;
  private boolean alerted;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (!strange && !sane(data)) {
      data.release();
      var unused = ctx.close();
      return;
    }
    ctx.fireChannelRead(data);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (alerted) {
      ctx.flush();
      var unused = ctx.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf data && data.readableBytes() >= HEADER) {
      int at = data.readerIndex();
      int type = data.getUnsignedByte(at);
      // our replies are longer than two octets, so nothing else has that length
      alerted |=
          type == ALERT
              || type == APPLICATION_DATA && data.getUnsignedShort(at + 3) == SEALED_ALERT;
    }
    var unused = ctx.write(message, promise);
  }

  private boolean sane(ByteBuf data) {
    int at = data.readerIndex();
    int end = data.writerIndex();
    while (at < end) {
      if (left > 0) {
        int skip = Math.min(left, end - at);
        left -= skip;
        at += skip;
        continue;
      }
      int octet = data.getUnsignedByte(at++);
      if (header == 0 && (octet < 20 || octet > 24)) {
        strange = true; // no TLS record at all: the handler says so
        return true;
      }
      if (header == 3) {
        length = octet << 8;
      } else if (header == 4) {
        length |= octet;
      }
      if (++header == HEADER) {
        header = 0;
        left = length;
        if (length > LONGEST) {
          return false;
        }
      }
    }
    return true;
  }
}
