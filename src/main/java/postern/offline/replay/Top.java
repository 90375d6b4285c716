package postern.offline.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts by name in bounded memory. Exact as long as there are no more names than it may keep; then
 * the small ones go, and what comes back starts at the largest count that was thrown away, which is
 * also how far any count can be too high.
 */
public final class Top {
  private static final int SAMPLES = 3;

  private final int most;
  private final Map<String, Cell> cells = new HashMap<>();
  private long floor;
  private int shrunk;

  /** Counts of one name. */
  public static final class Cell {
    private final String name;
    private long count;
    private long error;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private final List<Sample> samples = new ArrayList<>(1);

    Cell(String name) {
      this.name = name;
    }

    void add(long time, Sampler sampler) {
      count++;
      if (time != Long.MIN_VALUE) {
        first = Math.min(first, time);
        last = Math.max(last, time);
      }
      if (samples.size() < SAMPLES) {
        samples.add(sampler.sample());
      }
    }

    public String name() {
      return name;
    }

    public long count() {
      return count;
    }

    /** How much of the count may be too much; 0 if it is exact. */
    public long error() {
      return error;
    }

    /**
     * When it was seen first, in milliseconds since 1970; the largest number if that is unknown.
     */
    public long first() {
      return first;
    }

    /** When it was seen last; the smallest number if that is unknown. */
    public long last() {
      return last;
    }

    /** A few of the sessions. */
    public List<Sample> samples() {
      return samples;
    }
  }

  /**
   * A session as an example.
   *
   * @param place log and line
   * @param session who with whom, in one line
   * @param ruling what is said to it
   */
  public record Sample(String place, String session, String ruling) {}

  /** Makes the sample of a session that turns out to be one. */
  interface Sampler {
    Sample sample();
  }

  /**
   * No counts.
   *
   * @param most names to keep at least
   */
  Top(int most) {
    this.most = most;
  }

  void add(String name, long time, Sampler sampler) {
    cell(name).add(time, sampler);
  }

  /** The counts of a name; they count as long as {@link #shrunk} does not change. */
  Cell cell(String name) {
    Cell cell = cells.get(name);
    if (cell == null) {
      if (cells.size() >= 2 * most) {
        shrink();
      }
      cell = new Cell(name);
      cell.count = floor;
      cell.error = floor;
      cells.put(name, cell);
    }
    return cell;
  }

  /** How often names were thrown away. */
  int shrunk() {
    return shrunk;
  }

  private void shrink() {
    shrunk++;
    List<Cell> all = sorted();
    for (Cell gone : all.subList(most, all.size())) {
      floor = Math.max(floor, gone.count);
      cells.remove(gone.name);
    }
  }

  private List<Cell> sorted() {
    List<Cell> all = new ArrayList<>(cells.values());
    all.sort(Comparator.comparingLong(Cell::count).reversed().thenComparing(Cell::name));
    return all;
  }

  /** The names with the largest counts, largest first. */
  public List<Cell> largest(int many) {
    List<Cell> all = sorted();
    return all.subList(0, Math.min(many, all.size()));
  }

  /** How many names there are, as far as they are kept. */
  public int size() {
    return cells.size();
  }

  /** Whether every count is exact. */
  public boolean isExact() {
    return floor == 0;
  }
}
