package postern.gateway;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.queue.DeliveryMode;
import postern.queue.Incoming;
import postern.queue.Scheduler;
import postern.queue.Spool;
import postern.queue.SpoolException;
import postern.smtp.Envelope;
import postern.smtp.server.Listener;
import postern.smtp.server.MessageIntake;

/** Puts what the server accepts into the spool, and tells the scheduler once it is durable. */
final class SpoolIntake implements MessageIntake {
  private final Spool spool;
  private final Scheduler scheduler;
  private final Function<@Nullable Listener, DeliveryMode> mode;
  private final Supplier<Map<String, Integer>> classes;

  /**
   * An intake.
   *
   * @param mode how a message of a listener is delivered
   * @param classes what {@code Precedence:} stands for ({@code P} lines) in the configuration of
   *     the moment
   */
  SpoolIntake(
      Spool spool,
      Scheduler scheduler,
      Function<@Nullable Listener, DeliveryMode> mode,
      Supplier<Map<String, Integer>> classes) {
    this.spool = spool;
    this.scheduler = scheduler;
    this.mode = mode;
    this.classes = classes;
  }

  @Override
  public boolean hasRoomFor(long octets) {
    return spool.hasSpace(octets);
  }

  @Override
  public Message begin(Envelope envelope) {
    return message(null);
  }

  @Override
  public Message begin(Envelope envelope, Listener listener) {
    return message(listener);
  }

  private Message message(@Nullable Listener listener) {
    Incoming incoming = spool.begin(classes.get());
    return new Message() {
      @Override
      public boolean write(byte[] data, int offset, int length) {
        return incoming.append(data, offset, length);
      }

      @Override
      public void whenReady(Runnable resume) {
        incoming.whenReady(resume);
      }

      @Override
      public CompletionStage<?> commit(Envelope complete, byte[] header) {
        return incoming
            .commit(complete, header)
            .thenAccept(
                stored -> {
                  var unused = scheduler.submit(stored, mode.apply(listener));
                })
            .exceptionallyCompose(
                e -> java.util.concurrent.CompletableFuture.failedFuture(translate(e)));
      }

      @Override
      public int messageClass() {
        return incoming.messageClass();
      }

      @Override
      public void abort() {
        incoming.abort();
      }
    };
  }

  private static Throwable translate(Throwable e) {
    Throwable cause =
        e instanceof java.util.concurrent.CompletionException && e.getCause() != null
            ? e.getCause()
            : e;
    return cause instanceof SpoolException full && full.kind() == SpoolException.Kind.NO_SPACE
        ? new NoRoom(String.valueOf(full.getMessage()))
        : cause;
  }
}
