package postern.queue;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;

/**
 * A few connections for reading, opened when first needed. Reads are short, so that none keeps the
 * write-ahead log from being recycled.
 */
final class ReaderPool implements AutoCloseable {
  private static final int MOST = 4;

  /** Opens a connection. */
  interface Opener {
    Connection open() throws SQLException;
  }

  /** A read. */
  interface Read<T> {
    T from(Statements sql) throws SQLException;
  }

  private final Opener opener;
  private final ArrayDeque<Statements> idle = new ArrayDeque<>();
  private int opened;
  private boolean closed;

  ReaderPool(Opener opener) {
    this.opener = opener;
  }

  <T> T use(Read<T> read) throws IOException {
    try {
      Statements sql = take();
      try {
        return read.from(sql);
      } finally {
        give(sql);
      }
    } catch (SQLException e) {
      throw SpoolException.of(e);
    }
  }

  private synchronized Statements take() throws IOException, SQLException {
    while (!closed && idle.isEmpty() && opened == MOST) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SpoolException(SpoolException.Kind.CLOSED, "interrupted while reading the spool");
      }
    }
    if (closed) {
      throw new SpoolException(SpoolException.Kind.CLOSED, "the spool is closed");
    }
    Statements sql = idle.pollFirst();
    if (sql == null) {
      sql = new Statements(opener.open());
      opened++;
    }
    return sql;
  }

  private synchronized void give(Statements sql) throws SQLException {
    if (closed) {
      sql.close();
    } else {
      idle.addFirst(sql);
    }
    notifyAll();
  }

  @Override
  public synchronized void close() throws SQLException {
    closed = true;
    for (Statements sql : idle) {
      sql.close();
    }
    idle.clear();
    notifyAll();
  }
}
