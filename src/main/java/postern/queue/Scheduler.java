package postern.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
  private final Lanes lanes;
  private final QueueRuns runs;
  private final Ageing ageing;
  private final ExecutorService composer;

  private boolean stopped;

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
    this.lanes =
        new Lanes(
            new LaneReader(spool, settings), settings, log, time, () -> stopped, this::overflow);
    this.runs = new QueueRuns(spool, settings, log, time, () -> stopped, lanes, this::dispatch);
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
          runs.run(false);
          ageing.look();
          runs.begin();
        });
    time.after(Ageing.CHECK, this::lookRegularly);
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
      time.after(left.isNegative() ? Duration.ZERO : left, () -> runs.run(false));
    }
    time.execute(
        () -> {
          if (!spool.claim(message.key())) {
            tried.complete(null); // a queue run was here first
          } else if (stopped || !mode.now() || !message.envelope().quarantine().isEmpty()) {
            runs.due(message.envelope().arrived().toEpochMilli());
            tried.complete(null);
          } else {
            lanes.accept(message, tried);
            dispatch();
          }
        });
    return tried;
  }

  /** Starts a queue run: all messages that are due. */
  public void runQueue() {
    time.execute(() -> runs.run(false));
  }

  /** Tries now what waits for hosts that {@code wanted} takes (ETRN, RFC 1985). */
  public void runQueue(Predicate<String> wanted) {
    time.execute(() -> runs.run(wanted));
  }

  /** Tries everything now, whatever is due or paused ({@code sendmail -q} by hand). */
  public CompletionStage<@Nullable Void> flush() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    var unused =
        spool
            .setAllDue(time.now().toEpochMilli())
            .whenComplete(
                (ok, e) -> {
                  time.execute(() -> runs.run(true));
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
          runs.dueNow();
          runs.run(false);
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
    time.execute(() -> lanes.unload(key.get()));
    try {
      how.apply(key.get()).toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SpoolException cause) {
        throw cause;
      }
      throw e;
    }
    // Once more: a sweep may have loaded it between the two.
    time.execute(() -> lanes.unload(key.get()));
    return true;
  }

  /** How many deliveries are under way, and how many jobs are in memory. For metrics. */
  public CompletionStage<Load> load() {
    CompletableFuture<Load> answer = new CompletableFuture<>();
    time.execute(() -> answer.complete(new Load(lanes.running(), lanes.loaded(), lanes.size())));
    return answer;
  }

  /** Deliveries under way, jobs in memory (those included), destinations in memory. */
  public record Load(int running, int loaded, int lanes) {}

  // Everything below runs on the timekeeper's thread.

  private void dispatch() {
    while (!stopped) {
      Optional<Lanes.Turn> turn = lanes.next();
      if (turn.isEmpty()) {
        return;
      }
      start(turn.get().lane(), turn.get().job());
    }
  }

  private void start(Lane lane, Job job) {
    Instant began = time.now();
    boolean more = lane.more || !lane.ready.isEmpty() || lane.freshGap < BUSY_LANE_MILLIS;
    Delivery delivery =
        new Delivery(
            job.message().envelope(),
            job.message().size(),
            () -> spool.content(job.message()),
            more,
            job.tries());
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
      lanes.resume(lane); // it answers after all
    } else if (!lane.paused && lane.failed()) {
      lanes.pause(lane, this::dispatch); // once, however many connections fail together
    }
    Duration took = Duration.between(began, now);
    for (int i = 0; i < results.size(); i++) {
      QueueEntry.Waiting w = job.waiting().get(i);
      Duration delay = Duration.between(job.message().envelope().arrived(), now);
      log.tried(job.message(), w.recipient(), results.get(i), delay, took, w.tries() + 1);
    }
    settle(lane, job, settler.sort(job, results, now, runs.next()), now);
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
      runs.due(d.due());
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
        lanes.accept(bounce, new CompletableFuture<>());
      }
    }
    dispatch();
    runs.roomAgain();
  }

  /** The attempt could not be written down: the message is still there and will be tried again. */
  private void unsettled(@Nullable Lane lane, Job job, Settler.Sorted sorted, Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    log.trouble("settling " + job.message().envelope().id(), cause);
    boolean closed = cause instanceof SpoolException s && s.kind() == SpoolException.Kind.CLOSED;
    if (closed || (sorted.delivered().isEmpty() && sorted.deferred().isEmpty())) {
      runs.dueNow();
      release(lane, job);
      dispatch();
      return;
    }
    // What was delivered must be written down, or it is delivered twice. Perhaps the reports are
    // what is wrong: those recipients stay and fail again later.
    time.after(SETTLE_AGAIN, () -> settle(lane, job, sorted.withoutReports(), time.now()));
  }

  private void release(@Nullable Lane lane, Job job) {
    if (lane == null) {
      lanes.releaseAged(job.key());
    } else {
      lanes.release(lane, job);
    }
  }

  private void overflow() {
    runs.dueNow();
  }

  private void lookRegularly() {
    if (!stopped) {
      ageing.look();
      runs.run(false); // nothing is due between runs but what has a deadline of its own
      time.after(Ageing.CHECK, this::lookRegularly);
    }
  }

  /** Settles a message because of its age, unless an attempt is under way, which will judge it. */
  private void settleAged(QueueEntry entry, Instant now) {
    long key = entry.message().key();
    if (lanes.busy(key)) {
      return;
    }
    Job job = new Job(entry.message(), entry.waiting(), entry.warned());
    Settler.Sorted sorted = settler.aged(job, now);
    if (sorted.needsReports()) {
      lanes.takeAged(key);
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
