package postern.queue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** Finds what is due for a destination on disk and chooses among it. */
final class LaneReader {
  /** Of so many times as many messages as there is room for, the best are taken. */
  private static final int CHOICE = 2;

  private final Spool spool;
  private final ScheduleSettings settings;

  LaneReader(Spool spool, ScheduleSettings settings) {
    this.spool = spool;
    this.settings = settings;
  }

  /**
   * What was found.
   *
   * @param jobs to load, in this order
   * @param more the disk may have more that is due
   * @param early a message was passed over that has just been committed: whoever did will bring it
   */
  record Found(List<Job> jobs, boolean more, boolean early) {}

  /**
   * Reads, which may block for a moment.
   *
   * @param room messages to load at most
   * @param taken keys to pass over: loaded already, or not to be tried now
   */
  Found due(Lane lane, int room, Instant now, LongPredicate taken) throws IOException {
    int limit = lane.loaded.size() + room + settings.recipientsPerDelivery();
    List<Long> keys = spool.dueInLane(lane.name, now.toEpochMilli(), limit);
    boolean more = keys.size() >= limit;
    boolean early = false;
    List<QueueEntry> entries = new ArrayList<>();
    for (long key : keys) {
      if (taken.test(key)) {
        continue;
      }
      if (!spool.mayLoad(key)) {
        early = true;
        continue;
      }
      if (entries.size() >= CHOICE * room) {
        more = true;
        break;
      }
      spool.entry(key).filter(entry -> !entry.held()).ifPresent(entries::add);
    }
    entries.sort(settings.order().comparator()); // stable: those due first go first
    more |= entries.size() > room;
    List<Job> jobs = new ArrayList<>();
    for (QueueEntry entry : entries.subList(0, Math.min(room, entries.size()))) {
      List<QueueEntry.Waiting> due = dueHere(entry, lane.name, now);
      if (due.size() > settings.recipientsPerDelivery()) {
        due = due.subList(0, settings.recipientsPerDelivery());
        more = true;
      }
      if (!due.isEmpty()) {
        jobs.add(Job.of(entry.message(), due, entry.warned()));
      }
    }
    return new Found(jobs, more, early);
  }

  private static List<QueueEntry.Waiting> dueHere(QueueEntry entry, String lane, Instant now) {
    long latest = now.toEpochMilli();
    return entry.waiting().stream()
        .filter(w -> QueueEntry.lane(w.recipient()).equals(lane) && isDue(w, latest))
        .toList();
  }

  private static boolean isDue(QueueEntry.Waiting w, long latest) {
    return !w.due().equals(Instant.MAX) && w.due().toEpochMilli() <= latest;
  }
}
