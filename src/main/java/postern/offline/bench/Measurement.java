package postern.offline.bench;

/**
 * How fast a policy was.
 *
 * @param rate evaluations (hooks asked) a second: the median of all rounds
 * @param slowest the slowest round
 * @param fastest the fastest round
 * @param evaluations hooks asked in all
 * @param sessions sessions in all
 * @param p50 nanoseconds that half of the sessions took at most
 * @param p99 nanoseconds for 99 in 100
 * @param p999 nanoseconds for 999 in 1000
 * @param longest the longest one, nanoseconds
 * @param bytes allocated for a session, the session's own facts included
 */
public record Measurement(
    double rate,
    double slowest,
    double fastest,
    long evaluations,
    long sessions,
    long p50,
    long p99,
    long p999,
    long longest,
    long bytes) {

  /** How much slower than {@code other} this is, in percent; negative if it is faster. */
  public double slowerThan(double otherRate) {
    return rate <= 0 ? 0 : (otherRate / rate - 1) * 100;
  }
}
