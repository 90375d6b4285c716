package postern.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Why a message is still in the queue, in one sentence. */
public final class QueueReason {
  private QueueReason() {}

  /**
   * The sentence, without its full stop.
   *
   * @param served whether a server has the queue open
   */
  public static String sentence(QueueEntry entry, Instant now, boolean served) {
    List<QueueEntry.Waiting> waiting = entry.waiting();
    if (waiting.isEmpty()) {
      return "all recipients are done, and it is about to go";
    }
    if (entry.held()) {
      return "it is held: " + entry.message().envelope().quarantine();
    }
    QueueEntry.Waiting latest =
        waiting.stream().max(Comparator.comparing(QueueEntry.Waiting::tried)).orElseThrow();
    QueueEntry.Waiting first =
        waiting.stream().min(Comparator.comparing(QueueEntry.Waiting::due)).orElseThrow();
    if (latest.tries() == 0) {
      return served
          ? "it has not been tried yet; " + next(first, now, true)
          : "it has not been tried yet, and no server is running";
    }
    String who =
        waiting.size() == 1
            ? "<" + latest.recipient().address() + ">"
            : "<" + latest.recipient().address() + "> and " + (waiting.size() - 1) + " more";
    return "%s for %s put off %s ago: %s; %s"
        .formatted(
            latest.tries() == 1 ? "the first attempt" : "attempt " + latest.tries(),
            who,
            length(Duration.between(latest.tried(), now)),
            reason(latest),
            next(first, now, served));
  }

  private static String reason(QueueEntry.Waiting waiting) {
    String text = waiting.reason().isEmpty() ? "no reason known" : waiting.reason();
    return waiting.dsn().isEmpty() || text.contains(waiting.dsn())
        ? text
        : text + " (" + waiting.dsn() + ")";
  }

  /** When a recipient is tried next, in words. */
  public static String next(QueueEntry.Waiting waiting, Instant now, boolean served) {
    if (waiting.due().equals(Instant.MAX)) {
      return "no attempt while it is held";
    }
    String when =
        waiting.due().isAfter(now)
            ? "the next attempt is in " + length(Duration.between(now, waiting.due()))
            : "the next attempt is due";
    return served ? when : when + ", but no server is running";
  }

  /** A length of time in its largest unit or two. */
  public static String length(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
    return seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
  }
}
