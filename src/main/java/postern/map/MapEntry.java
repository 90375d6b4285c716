package postern.map;

import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/**
 * One declared map: its flags, and the {@link LookupMap} behind it, opened at the first look-up. A
 * map that cannot be opened fails temporarily from then on; an optional one is silently empty.
 */
public final class MapEntry {
  private enum State {
    /** Its declaration had a fault: it never answers, and nobody is told. */
    INVALID,
    CLOSED,
    OPEN,
    /** It is gone for good and silently empty. */
    DEAD,
    /** It could not be opened: every answer is a temporary failure. */
    FAILED
  }

  private final String name;
  private final MapFlags flags = new MapFlags();
  private String shownName;
  private String className = "";
  private @Nullable LookupMap map;
  private volatile State state = State.INVALID;
  // Opening may run rules (see AliasNames), and they may ask this map.
  private boolean opening;

  MapEntry(String name) {
    this.name = name;
    shownName = name;
  }

  /** The name, in the spelling of its first declaration. */
  public String name() {
    return name;
  }

  /** The name, in the spelling of its last declaration: the one that messages show. */
  String shownName() {
    return shownName;
  }

  void shownName(String spelling) {
    shownName = spelling;
  }

  public String className() {
    return className;
  }

  public MapFlags flags() {
    return flags;
  }

  /** Makes this a map of {@code newClass}; after a fault ({@code null}) an older one stays. */
  void become(String newClass, @Nullable LookupMap newMap) {
    className = newClass;
    if (newMap != null) {
      map = newMap;
      state = State.CLOSED;
    }
  }

  /** What answers, or null after a fault in the declaration. */
  @Nullable LookupMap map() {
    return map;
  }

  /** Whether a look-up may wait. */
  public boolean mayBlock() {
    return map != null && map.mayBlock();
  }

  /** See {@link LookupMap#refresh}. What could not be opened is tried again. */
  public void refresh() {
    LookupMap declared = map;
    if (declared == null) {
      return;
    }
    if (state == State.OPEN) {
      declared.refresh();
    } else if (state == State.FAILED || state == State.DEAD) {
      openAgain(declared);
    }
  }

  private synchronized void openAgain(LookupMap closed) {
    try {
      closed.open(Query.Problems.SILENT);
      state = State.OPEN;
    } catch (MapUnavailableException e) {
      // still not: the state stays, and who asked before has been told
    }
  }

  /** See {@link LookupMap#check}. */
  List<FileFault> check() {
    return map == null || state == State.INVALID ? List.of() : map.check();
  }

  /** See {@link LookupMap#takeFaults}. */
  List<FileFault> takeFaults() {
    return map == null ? List.of() : map.takeFaults();
  }

  /**
   * Opens the map if that has not been tried yet. Says whether it is to be asked: also a map that
   * cannot be opened is (and fails), unless it is optional or was never declared properly.
   */
  public boolean open(Query.Problems problems) {
    if (state == State.CLOSED) {
      tryToOpen(problems);
    }
    return state == State.OPEN || state == State.FAILED;
  }

  private synchronized void tryToOpen(Query.Problems problems) {
    LookupMap closed = map;
    if (state != State.CLOSED || closed == null || opening) {
      return;
    }
    opening = true;
    try {
      closed.open(problems);
      state = State.OPEN;
    } catch (MapUnavailableException e) {
      if (!flags.optional || !e.silentIfOptional()) {
        if (!e.isSilent()) {
          problems.report(String.valueOf(e.getMessage()), e.reason());
        }
      }
      state = flags.optional ? State.DEAD : State.FAILED;
    } finally {
      opening = false;
    }
  }

  /** Whether the map could not be opened, so that every answer is a temporary failure. */
  public boolean isUnavailable() {
    return state == State.FAILED;
  }

  /** Takes quotes and backslashes off the query's key, unless the map wants them ({@code -q}). */
  public void prepareKey(Query query) {
    if (!flags.keepQuotes) {
      stripQuotes(query.key());
    }
  }

  /** The bare look-up in a map that {@link #open} says is to be asked. */
  public void lookup(Query query, Answer answer) {
    if (state != State.OPEN) {
      answer.missing(state == State.FAILED ? Answer.TEMPORARY_FAILURE : Answer.OK);
      return;
    }
    java.util.Objects.requireNonNull(map).lookup(query, answer);
    if (answer.isLost()) {
      state = State.DEAD;
    }
  }

  /** Whether a temporary failure of this map is to count as one (no {@code -t}). */
  public boolean temporaryFailuresCount() {
    return !flags.tempFailIgnored;
  }

  /** Puts key and {@code -T} text in place of a temporary failure; says whether there is a text. */
  public boolean substitute(Query query, Answer answer) {
    String suffix = flags.tempFailSuffix;
    if (suffix == null) {
      return false;
    }
    Bytes value = answer.substituted();
    value.append(query.key());
    value.append(suffix);
    return true;
  }

  /** Removes double quotes and makes {@code \c} a plain {@code c}. */
  public static void stripQuotes(Bytes text) {
    byte[] array = text.array();
    int n = text.length();
    int to = 0;
    while (to < n && array[to] != '"' && array[to] != '\\') {
      to++;
    }
    for (int i = to; i < n; i++) {
      byte b = array[i];
      if (b == '\\') {
        i++;
        if (i < n) {
          array[to++] = array[i];
        }
      } else if (b != '"') {
        array[to++] = b;
      }
    }
    text.truncate(to);
  }
}
