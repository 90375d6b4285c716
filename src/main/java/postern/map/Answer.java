package postern.map;

import postern.text.Bytes;

/** What a map said. Made once and reused; not thread-safe. */
public final class Answer {
  /** Done. */
  public static final int OK = 0;

  /** sendmail's status for "not found" where a class sets it. */
  public static final int NOT_FOUND = 68;

  /** The map could not tell now. */
  public static final int TEMPORARY_FAILURE = 75;

  /** The question makes no sense to this map. */
  public static final int CONFIGURATION = 78;

  private final Bytes value = new Bytes();
  private boolean found;
  private int status;

  /** There is a value, to be written into {@link #value}; it is empty now. */
  public Bytes found() {
    value.clear();
    found = true;
    status = OK;
    return value;
  }

  /**
   * There is no value.
   *
   * @param code sendmail's status: 0, 68, 75 (temporary failure) ...
   */
  public void missing(int code) {
    value.clear();
    found = false;
    status = code;
  }

  /** There is a value in spite of a temporary failure ({@code -T}). */
  Bytes substituted() {
    found = true;
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

  public Bytes value() {
    return value;
  }
}
