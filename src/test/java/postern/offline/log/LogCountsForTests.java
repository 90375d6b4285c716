package postern.offline.log;

/** Makes counts for tests of other packages. */
public final class LogCountsForTests {
  private LogCountsForTests() {}

  /** Nothing was read. */
  public static LogCounts none() {
    return new LogCounts();
  }
}
