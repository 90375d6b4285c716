package postern.smtp.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import postern.smtp.Envelope;

/** Keeps messages in memory; a test decides how fast and whether at all. */
final class MemoryIntake implements MessageIntake {
  /** A stored message: header prefix and content as one text of octets. */
  record Stored(Envelope envelope, String content) {}

  final List<Stored> stored = new CopyOnWriteArrayList<>();

  /** Messages begun and neither stored nor aborted. */
  int open;

  boolean room = true;
  boolean manual;
  int mostUntilBehind = Integer.MAX_VALUE;
  @Nullable RuntimeException failure;
  @Nullable Runnable waiting;
  @Nullable CompletableFuture<Object> committing;

  @Override
  public boolean hasRoomFor(long octets) {
    return room;
  }

  @Override
  public Message begin(Envelope envelope) {
    open++;
    return new Message() {
      private final ByteArrayOutputStream content = new ByteArrayOutputStream();
      private int sinceReady;

      @Override
      public boolean write(byte[] data, int offset, int length) {
        content.write(data, offset, length);
        sinceReady += length;
        return sinceReady < mostUntilBehind;
      }

      @Override
      public void whenReady(Runnable resume) {
        sinceReady = 0;
        if (manual) {
          waiting = resume;
        } else {
          resume.run();
        }
      }

      @Override
      public CompletionStage<?> commit(Envelope last, byte[] header) {
        open--;
        if (failure != null) {
          return CompletableFuture.failedFuture(failure);
        }
        Stored message =
            new Stored(
                last,
                new String(header, StandardCharsets.ISO_8859_1)
                    + content.toString(StandardCharsets.ISO_8859_1));
        if (manual) {
          CompletableFuture<Object> done = new CompletableFuture<>();
          committing = done;
          return done.thenApply(
              ok -> {
                stored.add(message);
                return message;
              });
        }
        stored.add(message);
        return CompletableFuture.completedFuture(message);
      }

      @Override
      public void abort() {
        open--;
      }
    };
  }
}
