package postern.smtp.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The content of one message and the replies to it: a dot or chunks at the end, one reply for all
 * receivers, or with LMTP one for each. Runs on the connection's event loop.
 */
final class ContentExchange {
  private final SmtpConnection connection;
  private final List<Transaction.Recipient> receivers;
  private final ContentWriter.Opener content;
  private final Executor workers;
  private final RelayTimeouts limits;
  private final boolean lmtp;
  private final boolean chunking;
  private final CompletableFuture<@Nullable Void> result = new CompletableFuture<>();

  /** Replies that were read before the news that the end of the content had left. */
  private final List<Runnable> early = new ArrayList<>();

  private boolean complete;
  private boolean sent;
  private @Nullable ContentWriter writer;

  /**
   * @param receivers those that the peer has accepted
   * @param chunking BDAT instead of DATA, which was not sent then
   */
  ContentExchange(
      SmtpConnection connection,
      List<Transaction.Recipient> receivers,
      ContentWriter.Opener content,
      Executor workers,
      RelayTimeouts limits,
      boolean lmtp,
      boolean chunking) {
    this.connection = connection;
    this.receivers = receivers;
    this.content = content;
    this.workers = workers;
    this.limits = limits;
    this.lmtp = lmtp;
    this.chunking = chunking;
  }

  /** Whether so much has gone out that the peer may have the message. */
  boolean sent() {
    return sent;
  }

  /** Sends it; completes when every receiver has an outcome, fails if the connection breaks. */
  CompletableFuture<@Nullable Void> run() {
    ContentWriter.Framing framing = framing();
    if (framing == ContentWriter.Framing.DOT) {
      expectLast();
    }
    sent = framing != ContentWriter.Framing.PROBING; // a probe is not yet a message
    ContentWriter out = new ContentWriter(connection, content, workers, limits, framing);
    writer = out;
    var unused =
        out.run()
            .whenComplete(
                (done, e) -> {
                  if (e == null) {
                    complete = true;
                    sent = true;
                    connection.chunking |= framing != ContentWriter.Framing.DOT;
                    if (framing != ContentWriter.Framing.DOT) {
                      expectLast();
                    } else if (!result.isDone()) {
                      connection.restartTimer();
                    }
                    early.forEach(Runnable::run);
                    early.clear();
                  } else {
                    result.completeExceptionally(contentFailed(Opening.cause(e)));
                  }
                });
    return result;
  }

  private ContentWriter.Framing framing() {
    if (!chunking) {
      return ContentWriter.Framing.DOT;
    }
    return connection.chunking ? ContentWriter.Framing.CHUNKS : ContentWriter.Framing.PROBING;
  }

  /** Only closing keeps the peer from taking half a message for one. */
  private Throwable contentFailed(Throwable e) {
    if (e instanceof ContentWriter.NotUnderstood unknown) {
      Failure failure = new NoChunking(connection.host, unknown.reply);
      connection.giveUp(failure);
      return failure;
    }
    Failure failure =
        e instanceof Failure known
            ? known
            : Failure.temporary("4.3.0", "cannot read the message: " + e.getMessage());
    connection.giveUp(failure);
    return failure;
  }

  /** The peer claims CHUNKING and does not know BDAT: once more, without. */
  static final class NoChunking extends Failure {
    NoChunking(String host, Reply reply) {
      super(
          false,
          "4.5.0",
          reply.line(),
          reply.line(),
          "Deferred: " + reply.line(),
          List.of("... while talking to " + host + ":", ">>> BDAT", "<<< " + reply.line()),
          true);
    }
  }

  /**
   * What comes when all content is out: one reply for all recipients, or with LMTP one for each
   * that was accepted, in their order (RFC 2033 section 4.2).
   */
  private void expectLast() {
    List<List<Transaction.Recipient>> groups =
        lmtp ? receivers.stream().map(List::of).toList() : List.of(receivers);
    int[] left = {groups.size()};
    for (List<Transaction.Recipient> group : groups) {
      var unused =
          connection
              .expect(limits.dataFinal())
              .whenComplete(
                  (reply, e) -> {
                    if (e != null) {
                      result.completeExceptionally(Opening.cause(e));
                      return;
                    }
                    whenOut(
                        () -> {
                          finalReply(group, reply);
                          if (--left[0] == 0) {
                            result.complete(null);
                          }
                        });
                  });
    }
  }

  /**
   * Handles a reply, but not before it is known whether the end of the content has left. A fast
   * peer's answer is sometimes read first: the event loop may put off such news.
   */
  private void whenOut(Runnable handling) {
    ContentWriter out = writer;
    if (!complete && out != null && out.ending()) {
      early.add(handling);
    } else {
      handling.run();
    }
  }

  private void finalReply(List<Transaction.Recipient> group, Reply reply) {
    if (reply.positive() && complete) {
      String text = reply.sentText(connection.extensions.has("ENHANCEDSTATUSCODES"));
      String dsn = reply.enhanced().isEmpty() ? "2.0.0" : reply.enhanced();
      for (Transaction.Recipient recipient : group) {
        recipient.outcome =
            new RecipientOutcome(
                RecipientOutcome.Kind.DELIVERED,
                connection.relay,
                dsn,
                reply.line(),
                "",
                text.isEmpty() ? "Sent" : "Sent (" + text + ")",
                connection.tls,
                List.of(),
                false,
                connection.extensions.has("DSN"));
      }
      return;
    }
    Failure failure = connection.answered(Step.CONTENT, complete ? "DATA" : "content", reply);
    for (Transaction.Recipient recipient : group) {
      recipient.settle(failure, connection, reply.closing());
    }
    if (!complete) {
      connection.giveUp(failure); // it answered before the end: no common ground is left
    }
  }
}
