package postern.queue;

import java.util.List;

/**
 * A message and those of its recipients that go the same way now.
 *
 * @param message the message; its envelope holds just these recipients
 * @param waiting the same recipients with their rows and tries
 */
record Job(Stored message, List<QueueEntry.Waiting> waiting, boolean warned) {
  static Job of(Stored message, List<QueueEntry.Waiting> waiting, boolean warned) {
    Stored part =
        message.withRecipients(waiting.stream().map(QueueEntry.Waiting::recipient).toList());
    return new Job(part, List.copyOf(waiting), warned);
  }

  /** Attempts before this one, of the recipient that had most. */
  int tries() {
    return waiting.stream().mapToInt(QueueEntry.Waiting::tries).max().orElse(0);
  }

  long key() {
    return message.key();
  }
}
