package postern.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.smtp.DeliverBy;
import postern.smtp.Envelope;

/**
 * Turns the outcomes of an attempt into what is written: who is done, who is put off until when,
 * who is told. Sorting is pure; {@link #plan} composes reports and may block.
 */
final class Settler {
  private static final Duration NO_RUN_AGE = Duration.ofMinutes(1);

  private final ScheduleSettings settings;
  private final Bounces bounces;

  Settler(ScheduleSettings settings, Bounces bounces) {
    this.settings = settings;
    this.bounces = bounces;
  }

  /** A recipient that leaves the queue, and what a report would say of it. */
  record Leaving(long row, Dsn.Item item) {}

  /**
   * An attempt's outcomes by what they mean.
   *
   * @param succeeded recipients whose sender wants to hear of it; also among {@code delivered}
   * @param delayed deferred recipients to warn of; empty for no warning
   */
  record Sorted(
      List<Long> delivered,
      List<Dsn.Item> succeeded,
      List<Leaving> failed,
      List<Settlement.Deferral> deferred,
      List<Dsn.Item> delayed) {

    boolean needsReports() {
      return !succeeded.isEmpty() || !failed.isEmpty() || !delayed.isEmpty();
    }

    /**
     * The same without what needs a report: failed recipients stay as they are and are tried again.
     */
    Sorted withoutReports() {
      return new Sorted(delivered, List.of(), List.of(), deferred, List.of());
    }
  }

  /**
   * What is written.
   *
   * @param reports those with a message belong to the settlement's bounces, in order
   * @param why the first failure's {@code stat=}
   */
  record Plan(Settlement settlement, List<Bounces.Report> reports, String why) {
    static Plan without(Job job, Sorted sorted) {
      Settlement settlement =
          new Settlement(
              job.key(), job.message().size(), sorted.delivered, sorted.deferred, List.of(), false);
      return new Plan(settlement, List.of(), "");
    }
  }

  /**
   * @param nextRun deferred recipients are not due before; null if no run is planned
   */
  Sorted sort(Job job, List<Outcome> outcomes, Instant now, @Nullable Instant nextRun) {
    Age age = new Age(job, now);
    Sorted sorted =
        new Sorted(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (int i = 0; i < outcomes.size(); i++) {
      QueueEntry.Waiting w = job.waiting().get(i);
      Outcome outcome = outcomes.get(i);
      if (outcome instanceof Outcome.Delivered d) {
        sorted.delivered.add(w.row());
        if (d.reported() != Outcome.Report.PASSED_ON
            && w.recipient().dsnNotify().toUpperCase(Locale.ROOT).contains("SUCCESS")) {
          sorted.succeeded.add(new Dsn.Item(w.recipient(), outcome, List.of()));
        }
      } else if (outcome instanceof Outcome.Temporary t && !age.expired) {
        int tries = w.tries() + 1;
        long due = due(job, now, tries, nextRun);
        sorted.deferred.add(new Settlement.Deferral(w.row(), due, tries, now.toEpochMilli(), t));
        if (age.warn) {
          sorted.delayed.add(new Dsn.Item(w.recipient(), t, List.of()));
        }
      } else {
        sorted.failed.add(
            new Leaving(w.row(), new Dsn.Item(w.recipient(), outcome, age.notes(outcome))));
      }
    }
    return sorted;
  }

  /**
   * Never within the run that has just tried it, however short MinQueueAge is; but once more when
   * the time is over that its sender gave it (RFC 2852).
   */
  private long due(Job job, Instant now, int tries, @Nullable Instant nextRun) {
    Instant aged = now.plus(settings.age(tries));
    Instant least = nextRun == null ? now.plus(NO_RUN_AGE) : nextRun;
    Instant due = aged.isBefore(least) ? least : aged;
    Envelope envelope = job.message().envelope();
    DeliverBy by = envelope.deliverBy();
    Instant deadline = by == null ? due : by.deadline(envelope.arrived());
    return (deadline.isAfter(now) && deadline.isBefore(due) ? deadline : due).toEpochMilli();
  }

  /** The same for a message that has grown old while nobody tried it: its last outcome counts. */
  Sorted aged(Job job, Instant now) {
    Age age = new Age(job, now);
    List<Leaving> failed = new ArrayList<>();
    List<Dsn.Item> delayed = new ArrayList<>();
    for (QueueEntry.Waiting w : job.waiting()) {
      Outcome.Temporary last =
          Outcome.Temporary.local(
              w.dsn().isEmpty() ? "4.4.7" : w.dsn(),
              w.reason().isEmpty() ? "Deferred: destination not available" : w.reason());
      if (age.expired) {
        failed.add(new Leaving(w.row(), new Dsn.Item(w.recipient(), last, age.notes(last))));
      } else if (age.warn) {
        delayed.add(new Dsn.Item(w.recipient(), last, List.of()));
      }
    }
    return new Sorted(List.of(), List.of(), failed, List.of(), delayed);
  }

  /** What a message's age means. */
  private final class Age {
    final boolean expired;
    final boolean warn;
    private final Duration most;

    Age(Job job, Instant now) {
      boolean bounce = job.message().envelope().sender().isEmpty();
      Duration age = Duration.between(job.message().envelope().arrived(), now);
      DeliverBy by = job.message().envelope().deliverBy();
      Duration wanted = by == null ? null : Duration.ofSeconds(by.seconds());
      Duration usual = settings.queueReturn().of(job.message());
      boolean sooner = by != null && by.returns() && wanted != null && wanted.compareTo(usual) < 0;
      most = sooner && wanted != null ? wanted : usual;
      expired = age.compareTo(most) >= 0;
      Duration warnAfter = settings.queueWarn().of(job.message());
      warn =
          !expired
              && !bounce
              && !job.warned()
              && ((job.message().precedence().messageClass() >= 0 // bulk mail gets no warnings
                      && !warnAfter.isZero()
                      && age.compareTo(warnAfter) >= 0)
                  || (wanted != null && age.compareTo(wanted) >= 0));
    }

    List<String> notes(Outcome outcome) {
      return outcome instanceof Outcome.Temporary
          ? List.of("Not delivered within " + Dsn.words(most) + "; it has left the queue")
          : List.of();
    }
  }

  /** Composes the reports that {@code sorted} asks for. */
  Plan plan(Job job, Sorted sorted, Instant now) {
    Stored message = job.message();
    Dsn.Age age =
        new Dsn.Age(Duration.between(message.envelope().arrived(), now), new Age(job, now).most);
    List<Dsn.Item> failed = sorted.failed.stream().map(Leaving::item).toList();
    List<Bounces.Report> reports = new ArrayList<>();
    try {
      reports.addAll(bounces.reports(message, Dsn.Type.FAILED, failed, now, age));
      reports.addAll(bounces.reports(message, Dsn.Type.DELAYED, sorted.delayed, now, age));
      reports.addAll(bounces.reports(message, Dsn.Type.SUCCEEDED, sorted.succeeded, now, age));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Long> done = new ArrayList<>(sorted.delivered);
    sorted.failed.forEach(leaving -> done.add(leaving.row()));
    Settlement settlement =
        new Settlement(
            job.key(),
            message.size(),
            done,
            sorted.deferred,
            reports.stream().flatMap(r -> r.message().stream()).toList(),
            !sorted.delayed.isEmpty());
    List<Dsn.Item> told = failed.isEmpty() ? sorted.delayed : failed;
    String why = told.isEmpty() ? "return receipt" : told.get(0).outcome().stat();
    return new Plan(settlement, reports, why);
  }
}
