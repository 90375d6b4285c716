package postern.smtp.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import postern.smtp.Envelope;
import postern.smtp.Route;

class ContentExchangeTest {
  private final Deque<ChannelPromise> writes = new ArrayDeque<>();
  private final SmtpConnection connection;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Transaction.Recipient recipient =
      new Transaction.Recipient(
          0,
          new Envelope.Recipient("u@b.test", "", "", new Route("esmtp", "[b.test]", "u@b.test")));

  ContentExchangeTest() {
    connection =
        new SmtpConnection(
            channel, new ReplyDecoder(), "b.test", "b.test [127.0.0.1]", new TestPolicy());
    channel.pipeline().addLast(new Slow(), connection);
  }

  /** Takes what is written, and leaves it to the test when the news of that arrives. */
  private final class Slow extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      writes.add(promise);
    }
  }

  private CompletableFuture<@Nullable Void> send(int length) {
    byte[] content = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    CompletableFuture<@Nullable Void> done =
        new ContentExchange(
                connection,
                List.of(recipient),
                () -> new ByteArrayInputStream(content),
                Runnable::run,
                RelayTimeouts.DEFAULT,
                false,
                false)
            .run();
    channel.runPendingTasks();
    return done;
  }

  @Test
  void aReplyMayBeReadBeforeTheNewsThatTheEndHasLeft() {
    CompletableFuture<@Nullable Void> done = send(10);
    channel.writeInbound(new Reply(250, List.of("taken")));
    assertFalse(done.isDone());
    writes.remove().setSuccess();
    channel.runPendingTasks();
    assertTrue(done.isDone());
    RecipientOutcome outcome = recipient.outcome;
    assertNotNull(outcome);
    assertEquals(RecipientOutcome.Kind.DELIVERED, outcome.kind());
    assertTrue(connection.usable());
  }

  @Test
  void aReplyInTheMiddleOfContentEndsTheConnection() {
    CompletableFuture<@Nullable Void> done = send(100_000);
    channel.writeInbound(new Reply(250, List.of("taken")));
    channel.runPendingTasks();
    assertTrue(done.isDone());
    RecipientOutcome outcome = recipient.outcome;
    assertNotNull(outcome);
    assertEquals("Deferred: protocol error: 250 taken to content", outcome.stat());
    assertFalse(connection.usable());
  }
}
