package postern.smtp.server;

import java.util.concurrent.CompletionStage;
import postern.smtp.Envelope;

/** Where accepted content goes. The gateway puts the queue behind it. */
public interface MessageIntake {

  /**
   * Whether a message of {@code octets} (0: not declared) can be stored just now; asked at MAIL. A
   * guess is enough: {@link Message#commit} has the last word.
   */
  boolean hasRoomFor(long octets);

  /**
   * A message begins. Must not block.
   *
   * @param envelope as it stands when content begins; {@link Message#commit} brings the final one
   */
  Message begin(Envelope envelope);

  /** The same for a message that came through {@code listener}. */
  default Message begin(Envelope envelope, Listener listener) {
    return begin(envelope);
  }

  /**
   * A message on its way in; used by one thread at a time. Until {@link #commit} has completed the
   * client is told nothing, so a crash before that loses nothing that was promised.
   */
  interface Message {
    /**
     * Takes content: lines ended by CRLF, not dot-stuffed. {@code data} is the caller's and must
     * not be used after the call. Must not block.
     *
     * @return false to be given no more until {@link #whenReady} has called back
     */
    boolean write(byte[] data, int offset, int length);

    /** Calls {@code resume} once, from any thread, as soon as more may be written. */
    void whenReady(Runnable resume);

    /**
     * All is there. Completes, on any thread, when the message is durable; fails with {@link
     * NoRoom} when there is no space, with anything else when it cannot be stored.
     *
     * @param header fields to put in front of the content, line ends included
     */
    CompletionStage<?> commit(Envelope envelope, byte[] header);

    /** {@code class=}: what {@code Precedence:} stands for; asked when all content was given. */
    default int messageClass() {
      return 0;
    }

    /** Forgets the message. */
    void abort();
  }

  /**
   * The store is full: 452, and the client may try again later. Has no stack trace: one for every
   * message would not help a disk that is full.
   */
  final class NoRoom extends RuntimeException {
    public NoRoom(String message) {
      super(message, null, false, false);
    }
  }
}
