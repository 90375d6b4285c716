package postern.queue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import postern.smtp.Envelope;

/**
 * The part of the queue that is in memory: a bounded window of what is due, by destination. What it
 * has no room for stays on disk, where a {@link QueueRuns queue run} finds it. Touched by the
 * {@link Timekeeper}'s thread only.
 */
final class Lanes {
  private static final int REMEMBERED = 50_000;

  private final LaneReader reader;
  private final ScheduleSettings settings;
  private final QueueLog log;
  private final Timekeeper time;
  private final BooleanSupplier stopped;

  /** Told when something due was left on disk. */
  private final Runnable overflow;

  private final Map<String, Lane> lanes = new LinkedHashMap<>();

  /** Lanes that can start a job, in the order of their turns. */
  private final ArrayDeque<Lane> round = new ArrayDeque<>();

  /** Jobs in memory by message. */
  private final Map<Long, Integer> busy = new HashMap<>();

  private final Map<Long, List<CompletableFuture<@Nullable Void>>> waitingFor = new HashMap<>();

  /** Messages that are being settled because of their age; no lane may load them meanwhile. */
  private final Set<Long> aged = new HashSet<>();

  private int running;
  private int loaded;

  Lanes(
      LaneReader reader,
      ScheduleSettings settings,
      QueueLog log,
      Timekeeper time,
      BooleanSupplier stopped,
      Runnable overflow) {
    this.reader = reader;
    this.settings = settings;
    this.log = log;
    this.time = time;
    this.stopped = stopped;
    this.overflow = overflow;
  }

  /** A job whose turn it is. */
  record Turn(Lane lane, Job job) {}

  int running() {
    return running;
  }

  int loaded() {
    return loaded;
  }

  /** How many destinations are remembered. */
  int size() {
    return lanes.size();
  }

  /** Whether memory holds as many jobs as it may. */
  boolean full() {
    return loaded >= settings.inMemory();
  }

  /** Whether an attempt to deliver the message is under way, or its turn is near. */
  boolean busy(long key) {
    return busy.containsKey(key);
  }

  /** The destination of this name, new if need be. */
  Lane lane(String name) {
    Lane lane = lanes.get(name);
    if (lane == null) {
      lane = new Lane(name);
      lanes.put(name, lane);
      if (lanes.size() > REMEMBERED) {
        forgetOne();
      }
    }
    return lane;
  }

  /** Drops the oldest lane that only remembers something; it costs at most a try too many. */
  private void forgetOne() {
    for (Lane lane : lanes.values()) {
      if (lane.ready.isEmpty() && lane.running == 0) {
        lanes.remove(lane.name);
        lane.pauses++;
        if (lane.more) {
          overflow.run();
        }
        return;
      }
    }
  }

  /**
   * Takes a message that was just committed, as far as there is room.
   *
   * @param tried completes when its first attempt is over, or was left for a queue run
   */
  void accept(Stored message, CompletableFuture<@Nullable Void> tried) {
    Map<String, List<QueueEntry.Waiting>> byLane = new LinkedHashMap<>();
    long row = message.key() * SpoolSql.ROWS;
    for (Envelope.Recipient r : message.envelope().recipients()) {
      byLane
          .computeIfAbsent(QueueEntry.lane(r), unused -> new ArrayList<>())
          .add(QueueEntry.Waiting.untried(row++, r, message.envelope().arrived()));
    }
    byLane.forEach((name, waiting) -> accept(name, waiting, message));
    if (busy(message.key())) {
      waitingFor.computeIfAbsent(message.key(), unused -> new ArrayList<>()).add(tried);
    } else {
      tried.complete(null);
    }
  }

  private void accept(String name, List<QueueEntry.Waiting> waiting, Stored message) {
    if (full() && !lanes.containsKey(name)) {
      overflow.run(); // not even a lane is made: the next sweep finds it on disk
      return;
    }
    Lane lane = lane(name);
    lane.fresh(time.now().toEpochMilli());
    if (lane.paused || full() || lane.roomInMemory(false) <= 0) {
      lane.more = true;
      return;
    }
    int n = Math.min(waiting.size(), settings.recipientsPerDelivery());
    lane.more |= n < waiting.size();
    add(lane, Job.of(message, waiting.subList(0, n), false));
  }

  private void add(Lane lane, Job job) {
    lane.ready.add(job);
    lane.loaded.add(job.key());
    loaded++;
    busy.merge(job.key(), 1, Integer::sum);
    enqueue(lane);
  }

  private void enqueue(Lane lane) {
    if (!lane.queued && lane.canStart()) {
      lane.queued = true;
      round.add(lane);
    }
  }

  /** The next job to start, one of each lane in turn, while there is room; it counts as running. */
  Optional<Turn> next() {
    while (running < settings.total() && !round.isEmpty()) {
      Lane lane = round.remove();
      lane.queued = false;
      if (lane.canStart()) {
        Job job = lane.ready.remove();
        lane.running++;
        running++;
        enqueue(lane);
        return Optional.of(new Turn(lane, job));
      }
    }
    return Optional.empty();
  }

  /** A job is over: its place is free. */
  void release(Lane lane, Job job) {
    unbusy(job.key());
    running--;
    loaded--;
    lane.running--;
    lane.loaded.remove(job.key());
    refill(lane);
    enqueue(lane);
  }

  /** A message is settled because of its age: nobody loads it until {@link #releaseAged}. */
  void takeAged(long key) {
    busy.merge(key, 1, Integer::sum);
    aged.add(key);
  }

  /** What {@link #takeAged} took may be loaded again, if anything is left of it. */
  void releaseAged(long key) {
    unbusy(key);
    aged.remove(key);
  }

  /** Takes a message out of the lanes where it waits for its turn. */
  void unload(long key) {
    for (Lane lane : lanes.values()) {
      if (lane.loaded.contains(key) && lane.ready.removeIf(job -> job.key() == key)) {
        lane.loaded.remove(key);
        loaded--;
        unbusy(key);
      }
    }
  }

  private void unbusy(long key) {
    if (busy.merge(key, -1, Integer::sum) <= 0) {
      busy.remove(key);
      List<CompletableFuture<@Nullable Void>> waiters = waitingFor.remove(key);
      if (waiters != null) {
        waiters.forEach(w -> w.complete(null));
      }
    }
  }

  /**
   * Leaves a destination alone for a while.
   *
   * @param then is run when the pause is over, unless something else ended it
   */
  void pause(Lane lane, Runnable then) {
    lane.paused();
    lane.more = true;
    int pause = ++lane.pauses;
    for (Job job : lane.ready) {
      lane.loaded.remove(job.key());
      loaded--;
      unbusy(job.key()); // still due on disk
    }
    lane.ready.clear();
    time.after(
        settings.pause(lane.failures),
        () -> {
          if (lane.pauses == pause) {
            resume(lane);
            then.run();
          }
        });
  }

  /** Ends the pause of a destination, if there is one. */
  void resume(Lane lane) {
    if (lane.paused) {
      lane.paused = false;
      lane.pauses++;
      refill(lane);
      enqueue(lane);
    }
  }

  /** Ends all pauses. */
  void resumeAll() {
    new ArrayList<>(lanes.values()).forEach(this::resume);
  }

  /** Disk has something due for a destination: loads it, unless that is paused. */
  void look(String name) {
    Lane lane = lane(name);
    lane.more = true;
    if (!lane.paused) {
      refill(lane);
      enqueue(lane);
    }
  }

  /** Loads what is due for a lane, as far as its window and memory allow. */
  private void refill(Lane lane) {
    boolean scarce = loaded > settings.inMemory() / 2;
    int room = Math.min(lane.roomInMemory(scarce), settings.inMemory() - loaded);
    if (!lane.more || room <= (scarce ? 0 : lane.window / 2) || stopped.getAsBoolean()) {
      return;
    }
    try {
      LaneReader.Found found =
          reader.due(
              lane, room, time.now(), key -> lane.loaded.contains(key) || aged.contains(key));
      lane.more = found.more();
      if (found.early()) {
        overflow.run(); // it is on its way here, or else the next run takes it
      }
      found.jobs().forEach(job -> add(lane, job));
    } catch (IOException e) {
      log.trouble("reading the queue for " + lane.name, e);
    }
  }
}
