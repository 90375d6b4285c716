package postern.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data base of a spool, locked for this process and of this version.
 *
 * @param sql the connection that writes
 * @param nextKey the next free message key
 */
record SpoolFile(FileChannel lockFile, Statements sql, long nextKey) implements AutoCloseable {
  static final String NAME = "spool.db";
  private static final long SHRINK_ABOVE = 64L << 20;

  /**
   * Opens the spool in {@code dir}, creating it (mode 0700) if need be, brings it to this version
   * and removes what an earlier process left half written.
   *
   * @throws SpoolException if another process has it open, or its version is unknown here
   * @throws IOException if the directory or the database cannot be used
   */
  static SpoolFile open(Path dir, SpoolSettings settings) throws IOException {
    if (!Files.isDirectory(dir)) {
      Path parent = dir.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel lockFile = lock(dir);
    Statements sql = null;
    try {
      sql = new Statements(connect(dir, false));
      long nextKey = prepare(sql, settings);
      Statements rows = sql;
      ContentFiles.sweep(dir, key -> rows.number(SpoolSql.IS_STORED, 0, key) != 0);
      return new SpoolFile(lockFile, sql, nextKey);
    } catch (SQLException e) {
      closeQuietly(sql, lockFile);
      throw SpoolException.of(e);
    } catch (IOException e) {
      closeQuietly(sql, lockFile);
      throw e;
    }
  }

  private static FileChannel lock(Path dir) throws IOException {
    FileChannel channel =
        FileChannel.open(
            dir.resolve("spool.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process
    }
    channel.close();
    throw new SpoolException(
        SpoolException.Kind.IN_USE, "spool " + dir + " is in use by another process");
  }

  private static void closeQuietly(@Nullable Statements sql, FileChannel lockFile) {
    try {
      if (sql != null) {
        sql.close();
      }
      lockFile.close();
    } catch (SQLException | IOException e) {
      // the first failure is the one to report
    }
  }

  static Connection connect(Path dir, boolean reading) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(NAME));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      if (reading) {
        statement.execute("PRAGMA query_only = ON");
        statement.execute("PRAGMA cache_size = -4096");
      } else {
        statement.execute("PRAGMA page_size = 4096");
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = FULL");
        statement.execute("PRAGMA cache_size = -32768");
        statement.execute("PRAGMA wal_autocheckpoint = 8000");
        statement.execute("PRAGMA journal_size_limit = 67108864");
      }
    }
    return connection;
  }

  /** Schema, version, leftovers; the next free key. */
  private static long prepare(Statements sql, SpoolSettings settings) throws SQLException {
    List<String> schema = SpoolSql.schema(SpoolSql.Dialect.SQLITE);
    sql.execute(schema.get(0)); // the version alone: a later one's tables are not ours to change
    long version = sql.number(SpoolSql.SELECT_VERSION, 0);
    if (version > SpoolSql.VERSION) {
      throw new SQLException("spool has version " + version + ", not " + SpoolSql.VERSION);
    }
    for (String line : schema) {
      sql.execute(line);
    }
    if (version == 0) {
      sql.update(SpoolSql.INSERT_VERSION, SpoolSql.VERSION);
    }
    if (version == 1) {
      for (String line : SpoolSql.FROM_VERSION_1) {
        sql.execute(line);
      }
    }
    if (version == 1 || version == 2) {
      for (String line : SpoolSql.FROM_VERSION_2) {
        sql.execute(line);
      }
    }
    removeUnfinished(sql);
    long next = sql.number(SpoolSql.MAX_MESSAGE, 0) + 1;
    long page = sql.number("PRAGMA page_size", 4096);
    if (next == 1 && page * sql.number("PRAGMA page_count", 0) > SHRINK_ABOVE) {
      sql.execute("VACUUM"); // nothing is in it: costs nothing and gives the space back
    }
    if (settings.maxBytes() > 0) {
      sql.execute("PRAGMA max_page_count = " + Math.max(64, settings.maxBytes() / page));
    }
    return next;
  }

  private static void removeUnfinished(Statements sql) throws SQLException {
    List<Long> keys = new ArrayList<>();
    try (ResultSet rows = sql.query(SpoolSql.UNFINISHED)) {
      while (rows.next()) {
        keys.add(rows.getLong(1));
      }
    }
    for (long key : keys) {
      boolean gone = false;
      while (!gone) {
        sql.begin();
        gone = SettlementRows.removeSlice(sql, key);
        sql.commit();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      sql.close();
    } catch (SQLException e) {
      throw SpoolException.of(e);
    } finally {
      lockFile.close();
    }
  }
}
