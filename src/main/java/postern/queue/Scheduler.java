package postern.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.smtp.DeliverBy;
import postern.smtp.Envelope;

/**
 * Tries messages: new ones at once, others in queue runs, each destination at its own pace. All
 * methods may be called from any thread.
 *
 * <p>Memory holds a bounded window of what is due; the rest waits on disk, found by destination and
 * due time. A destination that is down is paused as a whole, so that its backlog, however long,
 * costs nothing and keeps nobody else waiting. Everything else happens on the {@link Timekeeper}'s
 * thread; only reports are composed elsewhere, because that may block.
 */
public final class Scheduler implements AutoCloseable {
  private static final int LANES_PER_STEP = 200;
  private static final int LANES_REMEMBERED = 50_000;
  private static final Duration SETTLE_AGAIN = Duration.ofSeconds(5);
  private static final long BUSY_LANE_MILLIS = 1000;

  /** What a scheduler works with. */
  public record Ports(
      Spool spool,
      Function<String, Optional<DeliveryAgent>> agents,
      AddressRouter router,
      Supplier<String> ids,
      QueueLog log,
      Timekeeper time) {}

  private final Spool spool;
  private final Function<String, Optional<DeliveryAgent>> agents;
  private final QueueLog log;
  private final Timekeeper time;
  private final ScheduleSettings settings;
  private final Settler settler;
  private final LaneReader reader;
  private final Ageing ageing;
  private final ExecutorService composer;

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final ArrayDeque<Lane> round = new ArrayDeque<>();
  private final Map<Long, Integer> busy = new HashMap<>();
  private final Map<Long, List<CompletableFuture<@Nullable Void>>> waitingFor = new HashMap<>();

  /** Messages that are being settled because of their age; no lane may load them meanwhile. */
  private final Set<Long> aged = new HashSet<>();

  private int running;
  private int loaded;
  private boolean stopped;

  /** A sweep looks through the lanes on disk, in steps; null when none is under way. */
  private @Nullable String sweepAt;

  private boolean sweepStalled;
  private long sweepNextDue = Long.MAX_VALUE;

  /** Nothing on disk is due before this, as far as the last sweep and later changes tell. */
  private long nextDue = Long.MIN_VALUE;

  /** When the next run begins, or null. */
  private @Nullable Instant nextRun;

  /**
   * @param ports {@code agents} finds the agent of a mailer; {@code ids} makes queue ids of
   *     bounces; the scheduler closes {@code time}
   */
  public Scheduler(Ports ports, ScheduleSettings settings, BounceSettings bounces) {
    this.spool = ports.spool();
    this.agents = ports.agents();
    this.log = ports.log();
    this.time = ports.time();
    this.settings = settings;
    this.reader = new LaneReader(spool, settings);
    this.settler =
        new Settler(settings, new Bounces(ports.spool(), bounces, ports.router(), ports.ids()));
    this.ageing = new Ageing(spool, settings, log, time, () -> stopped, this::settleAged);
    this.composer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "queue-reports");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins: what is left from earlier is tried in a first run now, then at each interval. */
  public void start() {
    time.execute(
        () -> {
          run(false);
          ageing.look();
        });
    time.after(Ageing.CHECK, this::lookRegularly);
    if (!settings.runInterval().isZero()) {
      time.execute(this::planRun);
    }
  }

  /**
   * Takes a message that was just committed.
   *
   * @return completes when its first attempt is over (at once for a mode that makes none)
   */
  public CompletionStage<@Nullable Void> submit(Stored message, DeliveryMode mode) {
    CompletableFuture<@Nullable Void> tried = new CompletableFuture<>();
    DeliverBy by = message.envelope().deliverBy();
    if (by != null) {
      Duration left = Duration.between(time.now(), by.deadline(message.envelope().arrived()));
      time.after(left.isNegative() ? Duration.ZERO : left, () -> run(false));
    }
    time.execute(
        () -> {
          if (!spool.claim(message.key())) {
            tried.complete(null); // a queue run was here first
          } else if (stopped || !mode.now() || !message.envelope().quarantine().isEmpty()) {
            nextDue = Math.min(nextDue, message.envelope().arrived().toEpochMilli());
            tried.complete(null);
          } else {
            accept(message, tried);
            dispatch();
          }
        });
    return tried;
  }

  /** Starts a queue run: all messages that are due. */
  public void runQueue() {
    time.execute(() -> run(false));
  }

  /** Tries now what waits for hosts that {@code wanted} takes (ETRN, RFC 1985). */
  public void runQueue(Predicate<String> wanted) {
    time.execute(() -> runLanes("", wanted));
  }

  private void runLanes(String after, Predicate<String> wanted) {
    String at = after;
    try {
      for (int i = 0; i < LANES_PER_STEP; i++) {
        Optional<Spool.LaneDue> found = stopped ? Optional.empty() : spool.nextLane(at);
        if (found.isEmpty()) {
          return;
        }
        String name = found.get().lane();
        at = name;
        if (wanted.test(name.substring(name.indexOf(' ') + 1))) {
          var unused =
              spool
                  .setLaneDue(name, time.now().toEpochMilli())
                  .thenRun(() -> time.execute(() -> runLane(name)));
        }
      }
    } catch (IOException e) {
      log.trouble("looking for destinations", e);
      return;
    }
    String next = at;
    time.execute(() -> runLanes(next, wanted));
  }

  private void runLane(String name) {
    if (!stopped) {
      Lane lane = lane(name);
      if (lane.paused) {
        resume(lane);
      }
      visit(name);
      dispatch();
    }
  }

  /** Tries everything now, whatever is due or paused ({@code sendmail -q} by hand). */
  public CompletionStage<@Nullable Void> flush() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    var unused =
        spool
            .setAllDue(time.now().toEpochMilli())
            .whenComplete(
                (ok, e) -> {
                  time.execute(() -> run(true));
                  complete(done, e);
                });
    return done;
  }

  /** Puts the message with this queue id aside; false if there is none. May block. */
  public boolean hold(String queueId, String reason) throws IOException {
    return change(queueId, key -> spool.hold(key, reason));
  }

  /** Lets a held message go on at once; false if there is none. May block. */
  public boolean release(String queueId) throws IOException {
    boolean found = change(queueId, key -> spool.release(key, time.now().toEpochMilli()));
    time.execute(
        () -> {
          nextDue = Long.MIN_VALUE;
          run(false);
        });
    return found;
  }

  /**
   * Removes a message without telling anybody; false if there is none. A delivery that is under way
   * goes on. May block.
   */
  public boolean remove(String queueId) throws IOException {
    return change(queueId, spool::remove);
  }

  private boolean change(String queueId, Function<Long, CompletionStage<@Nullable Void>> how)
      throws IOException {
    Optional<Long> key = spool.find(queueId);
    if (key.isEmpty()) {
      return false;
    }
    time.execute(() -> unload(key.get()));
    try {
      how.apply(key.get()).toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SpoolException cause) {
        throw cause;
      }
      throw e;
    }
    // Once more: a sweep may have loaded it between the two.
    time.execute(() -> unload(key.get()));
    return true;
  }

  /** Takes a message out of the lanes where it waits for its turn. */
  private void unload(long key) {
    for (Lane lane : lanes.values()) {
      if (lane.loaded.contains(key) && lane.ready.removeIf(job -> job.key() == key)) {
        lane.loaded.remove(key);
        loaded--;
        unbusy(key);
      }
    }
  }

  /** How many deliveries are under way, and how many jobs are in memory. For metrics. */
  public CompletionStage<Load> load() {
    CompletableFuture<Load> answer = new CompletableFuture<>();
    time.execute(() -> answer.complete(new Load(running, loaded, lanes.size())));
    return answer;
  }

  /** Deliveries under way, jobs in memory (those included), destinations in memory. */
  public record Load(int running, int loaded, int lanes) {}

  // Everything below runs on the timekeeper's thread.

  private void accept(Stored message, CompletableFuture<@Nullable Void> tried) {
    Map<String, List<QueueEntry.Waiting>> byLane = new LinkedHashMap<>();
    long row = message.key() * SpoolSql.ROWS;
    for (Envelope.Recipient r : message.envelope().recipients()) {
      byLane
          .computeIfAbsent(QueueEntry.lane(r), unused -> new ArrayList<>())
          .add(
              new QueueEntry.Waiting(
                  row++, r, message.envelope().arrived(), 0, Instant.EPOCH, "", ""));
    }
    for (Map.Entry<String, List<QueueEntry.Waiting>> entry : byLane.entrySet()) {
      if (loaded >= settings.inMemory() && !lanes.containsKey(entry.getKey())) {
        overflow(); // not even a lane is made: the next sweep finds it on disk
        continue;
      }
      Lane lane = lane(entry.getKey());
      lane.fresh(time.now().toEpochMilli());
      if (lane.paused || loaded >= settings.inMemory() || lane.roomInMemory(false) <= 0) {
        lane.more = true;
        continue;
      }
      List<QueueEntry.Waiting> waiting = entry.getValue();
      int n = Math.min(waiting.size(), settings.recipientsPerDelivery());
      lane.more |= n < waiting.size();
      add(lane, Job.of(message, waiting.subList(0, n), false));
    }
    if (busy.containsKey(message.key())) {
      waitingFor.computeIfAbsent(message.key(), unused -> new ArrayList<>()).add(tried);
    } else {
      tried.complete(null);
    }
  }

  private Lane lane(String name) {
    Lane lane = lanes.get(name);
    if (lane == null) {
      lane = new Lane(name);
      lanes.put(name, lane);
      if (lanes.size() > LANES_REMEMBERED) {
        forgetALane();
      }
    }
    return lane;
  }

  /** Drops the oldest lane that only remembers something; it costs at most a try too many. */
  private void forgetALane() {
    for (Lane lane : lanes.values()) {
      if (lane.ready.isEmpty() && lane.running == 0) {
        lanes.remove(lane.name);
        lane.pauses++;
        if (lane.more) {
          overflow();
        }
        return;
      }
    }
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

  /** One job of each lane in turn, while there is room. */
  private void dispatch() {
    while (!stopped && running < settings.total() && !round.isEmpty()) {
      Lane lane = round.remove();
      lane.queued = false;
      if (lane.canStart()) {
        start(lane, lane.ready.remove());
        enqueue(lane);
      }
    }
  }

  private void start(Lane lane, Job job) {
    lane.running++;
    running++;
    Instant began = time.now();
    boolean more = lane.more || !lane.ready.isEmpty() || lane.freshGap < BUSY_LANE_MILLIS;
    Delivery delivery =
        new Delivery(
            job.message().envelope(),
            job.message().size(),
            () -> spool.content(job.message()),
            more,
            job.waiting().stream().allMatch(w -> w.tries() == 0));
    CompletionStage<List<Outcome>> stage;
    String mailer = lane.name.substring(0, lane.name.indexOf(' '));
    try {
      Optional<DeliveryAgent> agent = agents.apply(mailer);
      stage =
          agent.isPresent()
              ? agent.get().deliver(delivery)
              : CompletableFuture.completedFuture(
                  all(job, Outcome.Temporary.local("4.3.5", "Deferred: unknown mailer " + mailer)));
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    var unused =
        stage.whenComplete(
            (outcomes, e) -> time.execute(() -> tried(lane, job, began, outcomes, e)));
  }

  private static List<Outcome> all(Job job, Outcome outcome) {
    return java.util.Collections.nCopies(job.waiting().size(), outcome);
  }

  private void tried(
      Lane lane,
      Job job,
      Instant began,
      @Nullable List<Outcome> outcomes,
      @Nullable Throwable error) {
    List<Outcome> results = outcomes;
    if (results == null || results.size() != job.waiting().size()) {
      log.trouble(
          "delivery of " + job.message().envelope().id(),
          error == null ? new IllegalStateException("outcomes: " + outcomes) : error);
      results = all(job, Outcome.Temporary.local("4.3.0", "Deferred: internal error"));
    }
    Instant now = time.now();
    boolean down = results.stream().allMatch(o -> o instanceof Outcome.Temporary t && t.hostDown());
    if (!down) {
      lane.succeeded(settings.perDestination());
      if (lane.paused) {
        resume(lane); // it answers after all
      }
    } else if (!lane.paused && lane.failed()) {
      pause(lane); // once, however many connections fail together
    }
    Duration took = Duration.between(began, now);
    for (int i = 0; i < results.size(); i++) {
      QueueEntry.Waiting w = job.waiting().get(i);
      Duration delay = Duration.between(job.message().envelope().arrived(), now);
      log.tried(job.message(), w.recipient(), results.get(i), delay, took, w.tries() + 1);
    }
    settle(lane, job, settler.sort(job, results, now, nextRun), now);
  }

  private void settle(@Nullable Lane lane, Job job, Settler.Sorted sorted, Instant now) {
    CompletableFuture<Settler.Plan> plan =
        sorted.needsReports()
            ? CompletableFuture.supplyAsync(() -> settler.plan(job, sorted, now), composer)
            : CompletableFuture.completedFuture(Settler.Plan.without(job, sorted));
    var unused =
        plan.thenCompose(
                p ->
                    spool
                        .settle(p.settlement())
                        .thenAccept(bounces -> time.execute(() -> settled(lane, job, p, bounces))))
            .whenComplete(
                (done, e) -> {
                  if (e != null) {
                    time.execute(() -> unsettled(lane, job, sorted, e));
                  }
                });
  }

  private void settled(@Nullable Lane lane, Job job, Settler.Plan plan, List<Stored> bounces) {
    for (Settlement.Deferral d : plan.settlement().deferred()) {
      nextDue = Math.min(nextDue, d.due());
    }
    int next = 0;
    for (Bounces.Report report : plan.reports()) {
      if (report.message().isPresent()) {
        log.reported(job.message(), bounces.get(next++), report.type(), plan.why());
      } else {
        log.unreported(job.message(), report.why());
      }
    }
    release(lane, job);
    for (Stored bounce : bounces) {
      if (spool.claim(bounce.key())) {
        accept(bounce, new CompletableFuture<>());
      }
    }
    dispatch();
    if (sweepStalled && loaded < settings.inMemory() * 3 / 4) {
      sweepStalled = false;
      sweep();
    }
  }

  /** The attempt could not be written down: the message is still there and will be tried again. */
  private void unsettled(@Nullable Lane lane, Job job, Settler.Sorted sorted, Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    log.trouble("settling " + job.message().envelope().id(), cause);
    boolean closed = cause instanceof SpoolException s && s.kind() == SpoolException.Kind.CLOSED;
    if (closed || (sorted.delivered().isEmpty() && sorted.deferred().isEmpty())) {
      nextDue = Long.MIN_VALUE;
      release(lane, job);
      dispatch();
      return;
    }
    // What was delivered must be written down, or it is delivered twice. Perhaps the reports are
    // what is wrong: those recipients stay and fail again later.
    time.after(SETTLE_AGAIN, () -> settle(lane, job, sorted.withoutReports(), time.now()));
  }

  /** A job is over: its place is free. */
  private void release(@Nullable Lane lane, Job job) {
    unbusy(job.key());
    if (lane == null) {
      aged.remove(job.key());
      return;
    }
    running--;
    loaded--;
    lane.running--;
    lane.loaded.remove(job.key());
    refill(lane);
    enqueue(lane);
  }

  private void pause(Lane lane) {
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
            dispatch();
          }
        });
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

  private void resume(Lane lane) {
    lane.paused = false;
    lane.pauses++;
    refill(lane);
    enqueue(lane);
  }

  /** Loads what is due for a lane, as far as its window and memory allow. */
  private void refill(Lane lane) {
    boolean scarce = loaded > settings.inMemory() / 2;
    int room = Math.min(lane.roomInMemory(scarce), settings.inMemory() - loaded);
    if (!lane.more || room <= (scarce ? 0 : lane.window / 2) || stopped) {
      return;
    }
    try {
      LaneReader.Found found =
          reader.due(
              lane, room, time.now(), key -> lane.loaded.contains(key) || aged.contains(key));
      lane.more = found.more();
      if (found.early()) {
        nextDue = Long.MIN_VALUE; // it is on its way here, or else the next run takes it
      }
      found.jobs().forEach(job -> add(lane, job));
    } catch (IOException e) {
      log.trouble("reading the queue for " + lane.name, e);
    }
  }

  // Queue runs.

  private void runRegularly() {
    if (!stopped) {
      planRun();
      run(false);
    }
  }

  private void planRun() {
    nextRun = time.now().plus(settings.runInterval());
    time.after(settings.runInterval(), this::runRegularly);
  }

  private void overflow() {
    nextDue = Long.MIN_VALUE;
  }

  private void run(boolean force) {
    if (stopped) {
      return;
    }
    if (force) {
      for (Lane lane : new ArrayList<>(lanes.values())) {
        if (lane.paused) {
          resume(lane);
        }
      }
    } else if (nextDue > time.now().toEpochMilli()) {
      return;
    }
    if (sweepAt != null) {
      nextDue = Long.MIN_VALUE; // the one under way may have passed what is due now
      return;
    }
    sweepAt = "";
    sweepNextDue = Long.MAX_VALUE;
    nextDue = Long.MAX_VALUE;
    sweep();
  }

  /** One step through the lanes on disk; fair to others because it hands the thread back. */
  private void sweep() {
    String at = sweepAt;
    if (stopped || at == null) {
      return;
    }
    long now = time.now().toEpochMilli();
    try {
      for (int i = 0; i < LANES_PER_STEP; i++) {
        if (loaded >= settings.inMemory()) {
          sweepStalled = true; // goes on from here when there is room, so that all get their turn
          sweepAt = at;
          dispatch();
          return;
        }
        Optional<Spool.LaneDue> found = spool.nextLane(at);
        if (found.isEmpty()) {
          at = null;
          break;
        }
        at = found.get().lane();
        long due = found.get().due();
        if (due > now) {
          sweepNextDue = Math.min(sweepNextDue, due);
        } else {
          visit(at);
        }
      }
    } catch (IOException e) {
      log.trouble("sweeping the queue", e);
      at = null;
    }
    sweepAt = at;
    dispatch();
    if (at != null) {
      time.execute(this::sweep);
    } else {
      nextDue = Math.min(nextDue, sweepNextDue);
    }
  }

  private void visit(String name) {
    Lane lane = lane(name);
    lane.more = true;
    nextDue = Math.min(nextDue, time.now().toEpochMilli());
    if (!lane.paused) {
      refill(lane);
      enqueue(lane);
    }
  }

  private void lookRegularly() {
    if (!stopped) {
      ageing.look();
      run(false); // nothing is due between runs but what has a deadline of its own
      time.after(Ageing.CHECK, this::lookRegularly);
    }
  }

  /** Settles a message because of its age, unless an attempt is under way, which will judge it. */
  private void settleAged(QueueEntry entry, Instant now) {
    long key = entry.message().key();
    if (busy.containsKey(key)) {
      return;
    }
    Job job = new Job(entry.message(), entry.waiting(), entry.warned());
    Settler.Sorted sorted = settler.aged(job, now);
    if (sorted.needsReports()) {
      busy.merge(key, 1, Integer::sum);
      aged.add(key);
      settle(null, job, sorted, now);
    }
  }

  private static void complete(CompletableFuture<@Nullable Void> done, @Nullable Throwable e) {
    if (e == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(e);
    }
  }

  /** Starts nothing more and waits until what is under way is settled, at most {@code patience}. */
  public boolean stop(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    time.execute(() -> stopped = true);
    while (System.nanoTime() < end) {
      Load load = load().toCompletableFuture().join();
      if (load.running() == 0) {
        return true;
      }
      Thread.sleep(10);
    }
    return false;
  }

  /** Completes when everything that was under way behind the scenes has been handed back. */
  CompletableFuture<@Nullable Void> barrier() {
    return CompletableFuture.runAsync(() -> {}, composer).thenCompose(unused -> spool.barrier());
  }

  @Override
  public void close() {
    time.close();
    composer.shutdown();
  }
}
