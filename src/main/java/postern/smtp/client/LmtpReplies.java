package postern.smtp.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The replies of a program. A thread of its own reads them: reading from a pipe knows no time
 * limit, and the pipe may outlive the program in the hands of somebody it has started.
 */
final class LmtpReplies {
  private static final int MOST_WAITING = 1000;

  /** What was read: a reply, or why there is none any more; both null at the end. */
  private record Item(@Nullable Reply reply, @Nullable String broken) {}

  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();

  /** Reads {@code in} until it ends or holds what is no reply. */
  LmtpReplies(InputStream in) {
    Thread reader = new Thread(() -> read(in), "lmtp-replies");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream in) {
    ReplyParser parser = new ReplyParser();
    byte[] block = new byte[1024];
    try (in) {
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        for (int i = 0; i < n; i++) {
          Reply reply = parser.accept(block[i]);
          if (reply != null) {
            items.add(new Item(reply, null));
          }
          if (items.size() > MOST_WAITING) {
            throw new ReplyDecoder.ProtocolException("replies without end");
          }
        }
      }
      items.add(new Item(null, null));
    } catch (ReplyDecoder.ProtocolException e) {
      items.add(new Item(null, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      items.add(new Item(null, null));
    }
  }

  /** Whether a reply is there that nobody has asked for yet, as far as is known. */
  @Nullable Reply early() {
    Item item = items.peek();
    return item == null ? null : item.reply;
  }

  /**
   * The next reply.
   *
   * @param limit longest wait
   * @return null if the program has closed its output
   * @throws Failure if what came is no reply, or nothing came in time
   */
  @Nullable Reply next(Duration limit) throws Failure, InterruptedException {
    Item item = items.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (item == null) {
      throw Failure.temporary("4.4.7", "no reply within " + limit.toSeconds() + " seconds");
    }
    if (item.reply == null) {
      items.add(item); // the end stays the end
    }
    if (item.broken != null) {
      throw Failure.temporary("4.5.0", "protocol error: " + item.broken);
    }
    return item.reply;
  }
}
