package postern.offline.replay;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Counts over time in a bounded number of steps: when the time grows longer, the steps do, too. */
public final class Timeline {
  private static final int MOST = 2048;
  private static final long[] WIDTHS = {
    60_000L, 300_000L, 900_000L, 3600_000L, 4 * 3600_000L, 24 * 3600_000L, 7 * 24 * 3600_000L
  };

  /** What is counted in each step. */
  public enum Series {
    SESSIONS,
    REFUSED,
    NEWLY_REFUSED
  }

  private final Map<Series, long[]> counts = new EnumMap<>(Series.class);
  private int width;
  private long origin = Long.MIN_VALUE;
  private int used;

  Timeline() {
    for (Series series : Series.values()) {
      counts.put(series, new long[MOST]);
    }
  }

  void add(Series series, long time) {
    long[] steps = counts.get(series);
    if (time != Long.MIN_VALUE && steps != null) {
      steps[step(time)]++;
    }
  }

  private int step(long time) {
    long at = Math.floorDiv(time, WIDTHS[width]);
    if (origin == Long.MIN_VALUE) {
      origin = at;
    }
    long index = at - origin;
    while (index < 0 || index >= MOST) {
      if (index < 0 && -index + used <= MOST) {
        shift((int) -index);
        break;
      }
      if (width == WIDTHS.length - 1) {
        return index < 0 ? 0 : MOST - 1; // centuries
      }
      widen();
      at = Math.floorDiv(time, WIDTHS[width]);
      index = at - origin;
    }
    index = at - origin;
    used = Math.max(used, (int) index + 1);
    return (int) index;
  }

  private void shift(int by) {
    for (long[] each : counts.values()) {
      System.arraycopy(each, 0, each, by, used);
      Arrays.fill(each, 0, by, 0);
    }
    origin -= by;
    used += by;
  }

  private void widen() {
    long old = WIDTHS[width++];
    long wide = WIDTHS[width];
    long newOrigin = Math.floorDiv(origin * old, wide);
    for (long[] each : counts.values()) {
      long[] copy = Arrays.copyOf(each, used);
      Arrays.fill(each, 0);
      for (int i = 0; i < copy.length; i++) {
        each[(int) (Math.floorDiv((origin + i) * old, wide) - newOrigin)] += copy[i];
      }
    }
    used = (int) (Math.floorDiv((origin + used - 1) * old, wide) - newOrigin) + 1;
    origin = newOrigin;
  }

  /** Milliseconds that a step is long. */
  public long stepMillis() {
    return WIDTHS[width];
  }

  /** How many steps there are. */
  public int steps() {
    return used;
  }

  /** When step {@code index} begins, in milliseconds since 1970. */
  public long begin(int index) {
    return (origin + index) * WIDTHS[width];
  }

  public long count(Series series, int index) {
    long[] steps = counts.get(series);
    return steps == null ? 0 : steps[index];
  }
}
