package postern.smtp.client;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends a message after the 354: read on a worker, one block at a time, written on the event loop;
 * the next block is read when the last one has left. A message is never longer in memory than two
 * blocks.
 */
final class ContentWriter {
  private static final int BLOCK = 64 << 10;

  /** Opens content; may block. */
  interface Opener {
    InputStream open() throws IOException;
  }

  private final SmtpConnection connection;
  private final Opener content;
  private final Executor workers;
  private final Duration blockLimit;
  private final Wire wire = new Wire();
  private final byte[] block = new byte[BLOCK];
  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private @Nullable InputStream in;

  ContentWriter(SmtpConnection connection, Opener content, Executor workers, Duration blockLimit) {
    this.connection = connection;
    this.content = content;
    this.workers = workers;
    this.blockLimit = blockLimit;
  }

  /**
   * Completes on the event loop when the final dot has left; fails with {@link IOException} if the
   * content cannot be read (the peer then has half a message and must not get the dot), or with a
   * {@link Failure} if the connection broke.
   */
  CompletableFuture<@Nullable Void> run() {
    next();
    return done;
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
    connection.moved(blockLimit);
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
