package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
  private static final int LONGEST = 16384 + 2048;
  private static final int ALERT = 21;
  private static final int APPLICATION_DATA = 23;

  /** Level, description, content type, tag: in TLS 1.3 an alert can be told by its length. */
  private static final int SEALED_ALERT = 2 + 1 + 16;

  private final Records in = new Records();
  private final Records out = new Records();
  private boolean plainFirst;
  private boolean strange;
  private boolean alerted;

  /**
   * For one connection.
   *
   * @param plainFirst the first write is the reply to STARTTLS, still in the clear
   */
  TlsRecordGuard(boolean plainFirst) {
    this.plainFirst = plainFirst;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    in.data(data);
    while (!strange && in.next()) {
      strange = in.type < 20 || in.type > 24; // no TLS record at all: the handler says so
      if (!strange && in.length > LONGEST) {
        data.release();
        var unused = ctx.close();
        return;
      }
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
    if (plainFirst) {
      plainFirst = false;
    } else if (message instanceof ByteBuf data) {
      out.data(data);
      while (out.next()) {
        // our replies are longer than two octets, so nothing else has that length
        alerted |=
            out.type == ALERT || (out.type == APPLICATION_DATA && out.length == SEALED_ALERT);
      }
    }
    var unused = ctx.write(message, promise);
  }

  /** Finds record headers in a stream that comes in pieces cut anywhere. */
  private static final class Records {
    int type;
    int length;
    private ByteBuf data = Unpooled.EMPTY_BUFFER;
    private int at;
    private int header; // octets of the current header seen
    private int left; // octets of the current record's content to skip

    void data(ByteBuf next) {
      data = next;
      at = next.readerIndex();
    }

    /** Goes on to the end of the next header; false if the piece ends before it. */
    boolean next() {
      int end = data.writerIndex();
      while (at < end) {
        int skip = Math.min(left, end - at);
        left -= skip;
        at += skip;
        if (at == end) {
          break;
        }
        int octet = data.getUnsignedByte(at++);
        switch (header++) {
          case 0 -> type = octet;
          case 3 -> length = octet << 8;
          case 4 -> {
            length |= octet;
            left = length;
            header = 0;
            return true;
          }
          default -> {} // the version is the handler's business
        }
      }
      data = Unpooled.EMPTY_BUFFER;
      return false;
    }
  }
}
