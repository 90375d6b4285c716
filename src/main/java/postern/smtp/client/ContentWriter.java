package postern.smtp.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends a message after the 354, or in BDAT chunks: read on a worker, one block at a time, written
 * on the event loop; the next block is read when the last one has left. A message is never longer
 * in memory than two blocks.
 */
final class ContentWriter {
  private static final int BLOCK = 64 << 10;
  private static final int LONGEST_PROBE = 64;

  /** Opens content; may block. */
  interface Opener {
    InputStream open() throws IOException;
  }

  /** How content is framed. */
  enum Framing {
    /** DATA: leading dots doubled, a dot at the end. */
    DOT,
    /** BDAT (RFC 3030): a command with the length before each block, the last one marked. */
    CHUNKS,
    /**
     * BDAT towards a peer that has not proved it: at first a few octets without a line end and
     * nothing more before they are acknowledged. A peer that only claims to know BDAT would take
     * the content for commands.
     */
    PROBING
  }

  private final SmtpConnection connection;
  private final Opener content;
  private final Executor workers;
  private final RelayTimeouts limits;
  private final Duration blockLimit;
  private final Framing framing;
  private final Wire wire;
  private final byte[] block = new byte[BLOCK];
  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private @Nullable InputStream in;
  private boolean first = true;
  private boolean ending;

  ContentWriter(
      SmtpConnection connection,
      Opener content,
      Executor workers,
      RelayTimeouts limits,
      Framing framing) {
    this.connection = connection;
    this.content = content;
    this.workers = workers;
    this.limits = limits;
    this.blockLimit = limits.dataBlock();
    this.framing = framing;
    this.wire = new Wire(framing == Framing.DOT);
  }

  /**
   * Completes on the event loop when the end has left (in chunks: just before the last one leaves,
   * so that its reply can be expected in time); fails with {@link IOException} if the content
   * cannot be read (the peer then has half a message and must not get the end), with {@link
   * NotUnderstood} if the peer does not know BDAT, or with a {@link Failure} if the connection
   * broke or a chunk was refused.
   */
  CompletableFuture<@Nullable Void> run() {
    next();
    return done;
  }

  /** Whether the last block is on its way, so that the peer may answer at any moment. */
  boolean ending() {
    return ending;
  }

  /** The peer offers CHUNKING and does not know BDAT. */
  static final class NotUnderstood extends Exception {
    final Reply reply;

    NotUnderstood(Reply reply) {
      super(reply.line(), null, false, false);
      this.reply = reply;
    }
  }

  private void next() {
    workers.execute(
        () -> {
          ByteBuf out = connection.channel().alloc().buffer(BLOCK + 1024);
          boolean last;
          try {
            last = read(out);
          } catch (IOException | RuntimeException e) {
            out.release();
            connection.loop().execute(() -> fail(e));
            return;
          }
          connection.loop().execute(() -> write(out, last));
        });
  }

  /** Reads one block; true if it is the last. */
  private boolean read(ByteBuf out) throws IOException {
    InputStream source = in;
    if (source == null) {
      source = content.open();
      in = source;
    }
    int n = source.readNBytes(block, 0, BLOCK);
    wire.put(block, n, out);
    if (n < BLOCK) {
      wire.end(out);
      return true;
    }
    return false;
  }

  private void write(ByteBuf out, boolean last) {
    Failure broken = connection.broken();
    if (broken != null) {
      out.release();
      fail(broken);
      return;
    }
    if (framing == Framing.DOT) {
      connection.moved(blockLimit);
      leave(out, last);
    } else if (framing == Framing.PROBING && first) {
      first = false;
      probe(out, last);
    } else {
      chunk(out, last);
    }
  }

  private void probe(ByteBuf out, boolean last) {
    int line = out.bytesBefore((byte) '\r');
    int n = Math.min(LONGEST_PROBE, line < 0 ? out.readableBytes() : line);
    CompletableFuture<Reply> answer = connection.expect(limits.dataFinal());
    send(out.readRetainedSlice(n), n, false);
    var unused =
        answer.whenComplete(
            (reply, e) -> {
              if (e == null && reply.positive()) {
                chunk(out, last);
                return;
              }
              out.release();
              if (e != null) {
                fail(Opening.cause(e));
              } else if (reply.code() >= 500 && reply.code() <= 504) {
                fail(new NotUnderstood(reply));
              } else {
                fail(Failure.refused(connection.host, Step.CONTENT, "BDAT", reply, false));
              }
            });
  }

  private void chunk(ByteBuf out, boolean last) {
    int n = out.readableBytes();
    if (last) {
      close();
      done.complete(null); // whoever waits expects the replies to the last chunk now
      send(out, n, true);
      return;
    }
    CompletableFuture<Reply> answer = connection.expect(limits.dataFinal());
    send(out, n, false);
    var unused =
        answer.whenComplete(
            (reply, e) -> {
              if (e == null && reply.positive()) {
                next();
              } else {
                fail(
                    e != null
                        ? Opening.cause(e)
                        : Failure.refused(connection.host, Step.CONTENT, "BDAT", reply, false));
              }
            });
  }

  /** Writes a chunk with its command; releases it. */
  private void send(ByteBuf chunk, int length, boolean last) {
    ByteBuf head = connection.channel().alloc().buffer(32);
    ByteBufUtil.writeAscii(head, "BDAT " + length + (last ? " LAST\r\n" : "\r\n"));
    var unusedHead = connection.channel().write(head);
    var unused = connection.write(chunk);
  }

  private void leave(ByteBuf out, boolean last) {
    ending = last;
    connection
        .write(out)
        .addListener(
            future -> {
              if (!future.isSuccess()) {
                Failure why = connection.broken();
                fail(
                    why != null
                        ? why
                        : Failure.connection("4.4.2", "Connection reset by", connection.host));
              } else if (last) {
                close();
                done.complete(null);
              } else {
                next();
              }
            });
  }

  private void fail(Throwable e) {
    close();
    done.completeExceptionally(e);
  }

  private void close() {
    InputStream source = in;
    in = null;
    if (source != null) {
      workers.execute(
          () -> {
            try {
              source.close();
            } catch (IOException e) {
              // read-only: nothing is lost
            }
          });
    }
  }
}
