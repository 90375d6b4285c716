package postern.offline.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import postern.cf.Configuration;
import postern.offline.Answerer;
import postern.offline.SessionRecord;

/**
 * Measures one policy on a list of sessions in rounds, so that rounds of two policies can take
 * turns: what disturbs the machine then disturbs both.
 */
public final class Meter {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int DIGITS = 3;

  private final List<SessionRecord> sessions;
  private final Answerer answerer;
  private final Histogram latency = new Histogram(LONGEST_NANOS, DIGITS);
  private final List<Double> rates = new ArrayList<>();
  private int next;
  private long evaluations;
  private long measured;
  private long allocated;

  /** A meter that has measured nothing yet; {@code sessions} must not be empty. */
  public Meter(Configuration configuration, List<SessionRecord> sessions) {
    this.sessions = List.copyOf(sessions);
    answerer = new Answerer(configuration);
  }

  /** Runs sessions for {@code nanos} without measuring. */
  public void warmUp(long nanos, BooleanSupplier enough) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end && !enough.getAsBoolean()) {
      for (int i = 0; i < 64; i++) {
        one();
      }
    }
  }

  /** Measures for {@code nanos}. */
  public void round(long nanos, BooleanSupplier enough) {
    long begin = System.nanoTime();
    long end = begin + nanos;
    long asked = 0;
    long bytes = allocatedBytes();
    long now = begin;
    while (now < end && !enough.getAsBoolean()) {
      for (int i = 0; i < 64; i++) {
        asked += one();
        long after = System.nanoTime();
        latency.recordValue(Math.min(LONGEST_NANOS, after - now));
        now = after;
        measured++;
      }
      now = System.nanoTime();
    }
    allocated += allocatedBytes() - bytes;
    evaluations += asked;
    rates.add(asked * 1e9 / Math.max(1, now - begin));
  }

  private int one() {
    SessionRecord record = sessions.get(next);
    next = next + 1 == sessions.size() ? 0 : next + 1;
    return answerer.session(record);
  }

  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean bean
        ? bean.getThreadAllocatedBytes(Thread.currentThread().getId())
        : 0;
  }

  /** What was measured so far. */
  public Measurement measurement() {
    List<Double> sorted = rates.stream().sorted().toList();
    double median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    return new Measurement(
        median,
        sorted.isEmpty() ? 0 : sorted.get(0),
        sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1),
        evaluations,
        measured,
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        latency.getValueAtPercentile(99.9),
        latency.getMaxValue(),
        measured == 0 ? 0 : allocated / measured);
  }
}
