package postern.map;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/** What a map said. Made once and reused; not thread-safe. */
public final class Answer {
  /** Done. */
  public static final int OK = 0;

  /** The question makes no sense to this map. */
  public static final int DATA_ERROR = 65;

  /** sendmail's status for "not found" where a class sets it. */
  public static final int NOT_FOUND = 68;

  /** The map cannot be used. */
  public static final int UNAVAILABLE = 69;

  /** A file or program that the map needs is not there. */
  public static final int OS_FILE = 72;

  /** The map could not tell now. */
  public static final int TEMPORARY_FAILURE = 75;

  /** The question is not complete. */
  public static final int CONFIGURATION = 78;

  private final Bytes value = new Bytes();
  private boolean found;
  private boolean lost;
  private int status;
  // Where the value lies, if it has not been copied from there.
  private @Nullable KeyTable origin;
  private int place;

  /** There is a value, to be written into {@link #value}; it is empty now. */
  public Bytes found() {
    value.clear();
    origin = null;
    found = true;
    lost = false;
    status = OK;
    return value;
  }

  /** There is a value: that of an entry, as it is. */
  void found(KeyTable table, int entry) {
    origin = table;
    place = entry;
    found = true;
    lost = false;
    status = OK;
  }

  /**
   * What holds the value, null if it was made for this answer only or has been asked for. Equal
   * places in the same origin are the same value.
   */
  public @Nullable Object origin() {
    return origin;
  }

  /** Where the value is in its {@link #origin}. */
  public int place() {
    return place;
  }

  /**
   * There is no value.
   *
   * @param code sendmail's status: 0, 68, 75 (temporary failure) ...
   */
  public void missing(int code) {
    value.clear();
    origin = null;
    found = false;
    lost = false;
    status = code;
  }

  /** There is no value, and there will be none until the map is declared anew. */
  void lost(int code) {
    missing(code);
    lost = true;
  }

  boolean isLost() {
    return lost;
  }

  /** There is a value in spite of a temporary failure ({@code -T}). */
  Bytes substituted() {
    found = true;
    origin = null;
    value.clear();
    return value;
  }

  public boolean isFound() {
    return found;
  }

  public boolean isTemporaryFailure() {
    return status == TEMPORARY_FAILURE;
  }

  public int status() {
    return status;
  }

  /** The value; who asks for it may change it. */
  public Bytes value() {
    KeyTable table = origin;
    if (table != null) {
      origin = null;
      value.clear();
      value.append(table.arena(), table.valueStart(place), table.valueEnd(place));
    }
    return value;
  }
}
