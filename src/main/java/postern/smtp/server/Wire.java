package postern.smtp.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import postern.smtp.SmtpReply;

/**
 * One connection as its session sees it: what has come and was not yet read, replies that wait to
 * go out together, one deadline. Bounded on both sides: nobody who keeps sending or never reads can
 * make it grow. Event loop only.
 */
final class Wire {
  /** Above so much unread input while the session waits for something, reading stops. */
  private static final int MOST_UNREAD = 16 * 1024;

  private static final int SCRATCH = 64 * 1024;
  private static final int FIRST_REPLIES = 256;

  /** More replies than that do not wait to go out together. */
  private static final int MOST_REPLIES = 8192;

  private static final long LINGER_MILLIS = 2000;

  /** So long the last reply may take to leave; who does not read it does not stay for it. */
  private static final long FLUSH_MILLIS = 10_000;

  private static final FastThreadLocal<byte[]> SCRATCHES =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[SCRATCH];
        }
      };

  static final String TLS = "tls";
  static final String RECORDS = "records";

  private final ChannelHandlerContext ctx;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private @Nullable ByteBuf replies;
  private boolean reading;
  private boolean stopped;
  private boolean deaf;
  private boolean softened;
  private int scannedForLine;
  private @Nullable Runnable onDeadline;
  private @Nullable ScheduledFuture<?> alarm;
  private @Nullable ScheduledFuture<?> pause;
  private boolean armed;
  private long deadline;

  Wire(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  // ---- what comes in

  /** Takes over {@code data}. */
  void received(ByteBuf data) {
    reading = true;
    if (deaf) {
      data.release();
      return;
    }
    if (!input.isReadable()) {
      input.release();
      input = data;
    } else {
      ByteBuf joined = ctx.alloc().buffer(input.readableBytes() + data.readableBytes());
      joined.writeBytes(input).writeBytes(data);
      input.release();
      data.release();
      input = joined;
    }
  }

  /** The batch of reads is over. */
  void readComplete() {
    reading = false;
  }

  /** Whether more may come before {@link #readComplete}. */
  boolean reading() {
    return reading;
  }

  boolean hasInput() {
    return input.isReadable();
  }

  /** Drops all input not yet read. */
  void forgetInput() {
    input.release();
    input = Unpooled.EMPTY_BUFFER;
    scannedForLine = 0;
  }

  /** From now on everything that comes is dropped unread. */
  void stopListening() {
    deaf = true;
    forgetInput();
  }

  /** Length of the input if no line end is in it, else of the first line with its end. */
  int lineLength() {
    int from = input.readerIndex();
    int at = input.indexOf(from + scannedForLine, input.writerIndex(), (byte) '\n');
    if (at < 0) {
      scannedForLine = input.readableBytes();
      return scannedForLine;
    }
    return at - from + 1;
  }

  /** The next line without its end (CRLF, or LF alone), or null if it is not complete. */
  @Nullable String line() {
    int length = lineLength();
    if (length == 0 || input.getByte(input.readerIndex() + length - 1) != '\n') {
      return null;
    }
    scannedForLine = 0;
    int text = length - 1;
    if (text > 0 && input.getByte(input.readerIndex() + text - 1) == '\r') {
      text--;
    }
    String line = input.toString(input.readerIndex(), text, StandardCharsets.ISO_8859_1);
    input.skipBytes(length);
    tidy();
    return line;
  }

  /** Whether the input begins with {@code word} in any letter case, blanks before it apart. */
  boolean startsWith(String word) {
    int at = input.readerIndex();
    int end = input.writerIndex();
    while (at < end && (input.getByte(at) == ' ' || input.getByte(at) == '\t')) {
      at++;
    }
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || (input.getByte(at + i) & ~32) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Decodes a stretch of input, at most {@code most} octets; returns how many were used. */
  int decode(ContentDecoder decoder, ContentDecoder.Sink sink, long most) {
    byte[] scratch = SCRATCHES.get();
    int length = (int) Math.min(Math.min(input.readableBytes(), scratch.length), most);
    input.getBytes(input.readerIndex(), scratch, 0, length);
    int used = decoder.decode(scratch, 0, length, sink);
    input.skipBytes(used);
    tidy();
    return used;
  }

  /** Skips up to {@code most} octets of input; returns how many there were. */
  int skip(long most) {
    int length = (int) Math.min(input.readableBytes(), most);
    input.skipBytes(length);
    tidy();
    return length;
  }

  /**
   * Called when the session has done what it can: {@code waiting} if it will not look at input
   * before something else has happened.
   */
  void rest(boolean waiting) {
    if (input.isReadable()) {
      if (!waiting && input.capacity() > 2 * input.readableBytes() + 64) {
        // half a line may stay for an hour; the big buffer it came in need not
        ByteBuf small = ctx.alloc().heapBuffer(input.readableBytes());
        small.writeBytes(input);
        input.release();
        input = small;
      }
    }
    boolean stop = waiting && input.readableBytes() > MOST_UNREAD;
    if (stop != stopped) {
      stopped = stop;
      ctx.channel().config().setAutoRead(!stop);
    }
  }

  private void tidy() {
    if (!input.isReadable()) {
      input.release();
      input = Unpooled.EMPTY_BUFFER;
    }
  }

  // ---- what goes out

  /** From now on refusals for good leave as refusals for now. */
  void soften() {
    softened = true;
  }

  /** Queues a reply; {@link #flush} sends what is queued. */
  void say(SmtpReply given) {
    SmtpReply reply = softened ? given.softened() : given;
    ByteBuf out = replies;
    if (out == null) {
      out = ctx.alloc().buffer(FIRST_REPLIES);
      replies = out;
    }
    int last = reply.lines().size() - 1;
    for (int i = 0; i <= last; i++) {
      int code = reply.code();
      out.writeByte('0' + code / 100);
      out.writeByte('0' + code / 10 % 10);
      out.writeByte('0' + code % 10);
      out.writeByte(i == last ? ' ' : '-');
      if (!reply.enhanced().isEmpty()) {
        ByteBufUtil.writeAscii(out, reply.enhanced());
        out.writeByte(' ');
      }
      ByteBufUtil.writeAscii(out, reply.lines().get(i));
      out.writeShort('\r' << 8 | '\n');
    }
    if (out.readableBytes() > MOST_REPLIES) {
      flush();
    }
  }

  void flush() {
    ByteBuf out = replies;
    if (out != null) {
      replies = null;
      var unused = ctx.writeAndFlush(out);
    }
  }

  /** Whether the client takes what it is sent. */
  boolean writable() {
    return ctx.channel().isWritable();
  }

  /**
   * Sends what is queued and ends the connection.
   *
   * @param patient to read and drop for a moment what still comes: closing with input unread would
   *     reset the connection and could take the last reply along
   */
  void finish(boolean patient) {
    stopListening();
    deadline(0);
    ByteBuf last = replies == null ? Unpooled.EMPTY_BUFFER : replies;
    replies = null;
    Channel channel = ctx.channel();
    closeWithin(FLUSH_MILLIS);
    if (channel.pipeline().get(TLS) instanceof SslHandler tls) {
      channel.pipeline().remove(RECORDS); // our own close_notify is no failure
      var unused = ctx.writeAndFlush(last);
      tls.closeOutbound().addListener(done -> hangUp(channel, patient));
    } else {
      ctx.writeAndFlush(last).addListener(done -> hangUp(channel, patient));
    }
  }

  private void hangUp(Channel channel, boolean patient) {
    if (patient
        && channel instanceof DuplexChannel duplex
        && channel.isActive()
        && !duplex.isInputShutdown()) {
      channel.config().setAutoRead(true);
      var unusedEnd = duplex.shutdownOutput();
      closeWithin(LINGER_MILLIS);
    } else {
      var unused = channel.close();
    }
  }

  /** Ends the connection without a word. */
  void close() {
    stopListening();
    deadline(0);
    flush();
    var unused = ctx.close();
  }

  /** The connection is gone. */
  void closed() {
    stopListening();
    deadline(0);
    cancelPause();
    ByteBuf out = replies;
    replies = null;
    if (out != null) {
      out.release();
    }
    ScheduledFuture<?> set = alarm;
    if (set != null) {
      set.cancel(false);
    }
  }

  /**
   * Puts the TLS handler in front and sends what is queued, which goes out in the clear. The
   * handler must be there before the last plain reply leaves, or the first record of a fast client
   * would be taken for commands.
   *
   * @param fromTheStart whether what has come already is part of the handshake (SMTPS); if not it
   *     is plain text and dropped
   */
  void startTls(ChannelHandler handler, boolean fromTheStart) {
    ByteBuf hello = input;
    input = Unpooled.EMPTY_BUFFER;
    scannedForLine = 0;
    ctx.pipeline().addFirst(TLS, handler).addFirst(RECORDS, new TlsRecordGuard(!fromTheStart));
    flush();
    if (fromTheStart && hello.isReadable()) {
      ctx.pipeline().fireChannelRead(hello).fireChannelReadComplete();
    } else {
      hello.release();
    }
  }

  // ---- time

  /** Whom to call when a deadline passes. */
  void onDeadline(Runnable what) {
    onDeadline = what;
  }

  /** Sets the deadline {@code millis} from now; 0: none. */
  void deadline(long millis) {
    armed = millis > 0;
    if (!armed) {
      return;
    }
    deadline = now() + TimeUnit.MILLISECONDS.toNanos(millis);
    ScheduledFuture<?> set = alarm;
    if (set == null || set.getDelay(TimeUnit.MILLISECONDS) > millis) {
      if (set != null) {
        set.cancel(false);
      }
      alarm = ctx.executor().schedule(this::alarm, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Nanoseconds of a clock that only goes forward. */
  long now() {
    return ctx.executor().ticker().nanoTime();
  }

  /**
   * Runs {@code what} after {@code millis}, unless the connection is closed by then. There is one
   * such wait at a time: the next takes the place of the last.
   */
  void later(long millis, Runnable what) {
    cancelPause();
    pause = ctx.executor().schedule(what, millis, TimeUnit.MILLISECONDS);
  }

  private void closeWithin(long millis) {
    later(
        millis,
        () -> {
          var unused = ctx.channel().close();
        });
  }

  private void cancelPause() {
    ScheduledFuture<?> set = pause;
    if (set != null) {
      set.cancel(false);
      pause = null;
    }
  }

  /** Runs {@code what} on the event loop. */
  void onLoop(Runnable what) {
    ctx.executor().execute(what);
  }

  private void alarm() {
    alarm = null;
    if (!armed) {
      return;
    }
    long left = deadline - now();
    if (left > 0) {
      // activity has moved the deadline; one alarm serves many commands
      alarm = ctx.executor().schedule(this::alarm, left, TimeUnit.NANOSECONDS);
      return;
    }
    armed = false;
    Runnable what = onDeadline;
    if (what != null) {
      what.run();
    }
  }

  ByteBufAllocator allocator() {
    return ctx.alloc();
  }

  @Nullable SslHandler tls() {
    return ctx.pipeline().get(TLS) instanceof SslHandler handler ? handler : null;
  }
}
