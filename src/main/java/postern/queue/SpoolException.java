package postern.queue;

import java.io.IOException;
import java.sql.SQLException;

/** The spool could not do what it was asked; {@link #kind()} says what to tell the sender. */
public final class SpoolException extends IOException {

  /** What stood in the way. */
  public enum Kind {
    /** No space on the device, or the configured limit is reached: 452, try again later. */
    NO_SPACE,
    /** The message is not (or no longer) in the spool. */
    GONE,
    /** Another process has the spool open. */
    IN_USE,
    /** The spool was closed. */
    CLOSED,
    /** The database or the file system reported a fault. */
    FAULT
  }

  private static final int SQLITE_FULL = 13;
  private static final String DISK_FULL_STATE = "53100";

  private final Kind kind;

  SpoolException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  private SpoolException(Kind kind, String message, Exception cause) {
    super(message, cause);
    this.kind = kind;
  }

  static SpoolException of(SQLException e) {
    boolean full =
        (e.getErrorCode() & 0xff) == SQLITE_FULL || DISK_FULL_STATE.equals(e.getSQLState());
    return full
        ? new SpoolException(Kind.NO_SPACE, "no space left for the spool", e)
        : new SpoolException(Kind.FAULT, "spool database: " + e.getMessage(), e);
  }

  static SpoolException of(Kind kind, String message, IOException cause) {
    return new SpoolException(kind, message, cause);
  }

  public Kind kind() {
    return kind;
  }
}
