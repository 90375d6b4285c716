package postern.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** One database connection with its prepared statements. Used by one thread at a time. */
final class Statements implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /**
   * Begins a transaction. By statement and not by {@code setAutoCommit(false)}: when SQLite rolls
   * back by itself because the disk is full, the driver does not notice and would go on without any
   * transaction.
   */
  void begin() throws SQLException {
    execute(SpoolSql.BEGIN);
  }

  void commit() throws SQLException {
    execute(SpoolSql.COMMIT);
  }

  void rollBack() throws SQLException {
    execute(SpoolSql.ROLLBACK);
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs {@code sql} with {@code parameters} (Long, Integer, String or byte[]); rows changed. */
  int update(String sql, Object... parameters) throws SQLException {
    try {
      return bind(sql, parameters).executeUpdate();
    } catch (SQLException e) {
      throw forgotten(sql, e);
    }
  }

  /** Runs a query; the caller closes the rows. */
  ResultSet query(String sql, Object... parameters) throws SQLException {
    try {
      return bind(sql, parameters).executeQuery();
    } catch (SQLException e) {
      throw forgotten(sql, e);
    }
  }

  /** A statement that failed is not used again: the driver may have closed it. */
  private SQLException forgotten(String sql, SQLException e) {
    PreparedStatement statement = prepared.remove(sql);
    if (statement != null) {
      try {
        statement.close();
      } catch (SQLException closing) {
        e.addSuppressed(closing);
      }
    }
    return e;
  }

  /** The first column of the first row, or {@code otherwise} if there is none or it is null. */
  long number(String sql, long otherwise, Object... parameters) throws SQLException {
    try (ResultSet rows = query(sql, parameters)) {
      if (!rows.next()) {
        return otherwise;
      }
      long value = rows.getLong(1);
      return rows.wasNull() ? otherwise : value;
    }
  }

  private PreparedStatement bind(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      Object p = parameters[i];
      if (p instanceof Long number) {
        statement.setLong(i + 1, number);
      } else if (p instanceof Integer number) {
        statement.setInt(i + 1, number);
      } else if (p instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else {
        statement.setString(i + 1, (String) p);
      }
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    connection.close();
  }
}
