package postern.queue;

import java.util.List;

/**
 * A message and those of its recipients that go the same way now.
 *
 * @param message the message; its envelope holds just these recipients
 * @param waiting the same recipients with their rows and tries
 */
record Job(Stored message, List<QueueEntry.Waiting> waiting, boolean warned) {
  long key() {
    return message.key();
  }
}
