package postern.offline;

import java.util.Locale;

/** Which side of the connection we were. */
public enum Role {
  /** A client connected to us. */
  SERVER,
  /** We connected to a server. */
  CLIENT;

  /** As records and command lines spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
