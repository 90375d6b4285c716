package postern.map.db;

import java.io.IOException;

/** A file is not a data base that can be read here; the message says why, without the name. */
public final class BadDatabaseException extends IOException {
  private static final long serialVersionUID = 1;

  public BadDatabaseException(String message) {
    super(message);
  }
}
