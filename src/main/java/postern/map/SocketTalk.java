package postern.map;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection that carries netstrings, a question and its answer at a time, each in time. */
final class SocketTalk {
  /** Longest answer, in bytes; sendmail's socketmap servers send at most 100,000. */
  private static final int MAX_REPLY = 100_000;

  private static final int MAX_DIGITS = 7;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration limit;
  private final ByteBuffer input = ByteBuffer.allocate(4096).flip();

  /** What came is no netstring; the message is sendmail's. */
  static final class BadReplyException extends IOException {
    private static final long serialVersionUID = 1;

    BadReplyException(String message) {
      super(message);
    }
  }

  private SocketTalk(SocketChannel channel, Selector selector, Duration limit) {
    this.channel = channel;
    this.selector = selector;
    this.limit = limit;
  }

  static SocketTalk connect(SocketAddress address, Duration limit) throws IOException {
    boolean local = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        local ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    try {
      channel.configureBlocking(false);
      SocketTalk talk = new SocketTalk(channel, Selector.open(), limit);
      SelectionKey key = channel.register(talk.selector, SelectionKey.OP_CONNECT);
      long end = System.nanoTime() + limit.toNanos();
      if (!channel.connect(address)) {
        while (!channel.finishConnect()) {
          talk.await(key, SelectionKey.OP_CONNECT, end);
        }
      }
      return talk;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The answer's text, or null if the connection was closed before it began. */
  byte @Nullable [] ask(byte[] question) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    byte[] head = (question.length + ":").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(head.length + question.length + 1);
    out.put(head).put(question).put((byte) ',').flip();
    SelectionKey key = channel.keyFor(selector);
    try {
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(key, SelectionKey.OP_WRITE, end);
        }
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return null; // closed by the other side while it was idle
    }
    long length = 0;
    int digits = 0;
    int c;
    while ((c = read(key, end)) != ':') {
      if (c < 0 && digits == 0) {
        return null;
      }
      if (c < '0' || c > '9' || ++digits > MAX_DIGITS) {
        throw new BadReplyException("failed to read length parameter of reply " + length);
      }
      length = length * 10 + c - '0';
    }
    if (digits == 0) {
      throw new BadReplyException("failed to read length parameter of reply 0");
    }
    if (length > MAX_REPLY) {
      throw new BadReplyException("reply of " + length + " characters is too long");
    }
    byte[] reply = new byte[(int) length];
    for (int i = 0; i < reply.length; i++) {
      int b = read(key, end);
      if (b < 0) {
        throw new BadReplyException(
            "received only " + i + " of " + reply.length + " reply characters");
      }
      reply[i] = (byte) b;
    }
    if (read(key, end) != ',') {
      throw new BadReplyException("missing ',' in reply");
    }
    if (input.hasRemaining()) {
      throw new BadReplyException("more than one reply");
    }
    return reply;
  }

  private int read(SelectionKey key, long end) throws IOException {
    while (!input.hasRemaining()) {
      input.clear();
      int n;
      try {
        n = channel.read(input);
      } catch (IOException e) {
        n = -1; // reset: as good as closed
      }
      input.flip();
      if (n < 0) {
        return -1;
      }
      if (n == 0) {
        await(key, SelectionKey.OP_READ, end);
      }
    }
    return input.get() & 0xff;
  }

  private void await(SelectionKey key, int what, long end) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no answer within " + limit.toSeconds() + " s");
    }
    key.interestOps(what);
    selector.select(left);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new EOFException("interrupted");
    }
  }

  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      // nothing more can be done about it
    }
    try {
      channel.close();
    } catch (IOException e) {
      // the same
    }
  }
}
