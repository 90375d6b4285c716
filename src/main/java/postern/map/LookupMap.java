package postern.map;

import java.util.List;

/** What answers for one {@code K} line. Safe to use from many threads. */
public interface LookupMap {
  /**
   * Looks the query's key up. Not being able to tell is an answer (status 75), not an exception.
   */
  void lookup(Query query, Answer answer);

  /**
   * Gets ready; called once, before the first look-up.
   *
   * @param problems hears of faults that do not keep the map from working
   * @throws MapUnavailableException if the map cannot be used
   */
  default void open(Query.Problems problems) throws MapUnavailableException {}

  /** Whether a look-up may wait for something (network, a program). */
  default boolean mayBlock() {
    return false;
  }

  /** Looks at once whether what the map was read from has changed. */
  default void refresh() {}

  /** What is wrong with the text that the map is read from, without using it. */
  default List<FileFault> check() {
    return List.of();
  }

  /** What was wrong with changed text since the last call; the map then kept what it had. */
  default List<FileFault> takeFaults() {
    return List.of();
  }
}
