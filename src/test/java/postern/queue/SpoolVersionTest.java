package postern.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spools that other versions of the program left. */
class SpoolVersionTest {
  @TempDir Path folder;

  private void write(List<String> statements) throws IOException, SQLException {
    Path dir = folder.resolve("spool");
    Files.createDirectories(dir);
    try (Statements sql = new Statements(SpoolFile.connect(dir, false))) {
      for (String statement : statements) {
        sql.execute(statement);
      }
    }
  }

  private Spool open() throws IOException {
    return Spool.open(folder.resolve("spool"), SpoolSettings.DEFAULT);
  }

  /** The tables as version 1 made them, with a message that waits. */
  private static final List<String> VERSION_1 =
      List.of(
          "CREATE TABLE spool (version INTEGER NOT NULL)",
          "INSERT INTO spool VALUES (1)",
          "CREATE TABLE message (id INTEGER PRIMARY KEY, qid TEXT NOT NULL, sender TEXT NOT NULL,"
              + " body TEXT NOT NULL, ret TEXT NOT NULL, envid TEXT NOT NULL,"
              + " requiretls INTEGER NOT NULL, arrived BIGINT NOT NULL, size BIGINT NOT NULL,"
              + " hold TEXT NOT NULL, warned INTEGER NOT NULL, kind INTEGER NOT NULL,"
              + " state INTEGER NOT NULL)",
          "CREATE TABLE recipient (id INTEGER PRIMARY KEY, address TEXT NOT NULL,"
              + " notify TEXT NOT NULL, orcpt TEXT NOT NULL, lane TEXT NOT NULL,"
              + " forward TEXT NOT NULL, due BIGINT NOT NULL, tries INTEGER NOT NULL,"
              + " tried BIGINT NOT NULL, dsn TEXT NOT NULL, reason TEXT NOT NULL)",
          "CREATE TABLE chunk (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
          "CREATE TABLE attempt (recipient BIGINT NOT NULL, no INTEGER NOT NULL,"
              + " at BIGINT NOT NULL, relay TEXT NOT NULL, tls TEXT NOT NULL, dsn TEXT NOT NULL,"
              + " reply TEXT NOT NULL, stat TEXT NOT NULL, PRIMARY KEY (recipient, no))",
          "INSERT INTO message VALUES"
              + " (7, 'q7', 's@b.test', '8BITMIME', 'FULL', 'e1', 1, 1000, 5, '', 1, 0, 1)",
          "INSERT INTO recipient VALUES ("
              + 7 * SpoolSql.ROWS
              + ", 'u@one.test', 'FAILURE', '',"
              + " 'esmtp one.test', 'u@one.test', 2000, 3, 1500, '4.2.1', 'Deferred: busy')",
          "INSERT INTO chunk VALUES (" + 7 * SpoolSql.ROWS + ", CAST('hello' AS BLOB))");

  @Test
  void messagesOfVersionOneAreStillThereAndLeave() throws IOException, SQLException {
    write(VERSION_1);
    try (Spool spool = open()) {
      QueueEntry entry = spool.entry(7).orElseThrow();
      assertEquals("q7", entry.message().envelope().id());
      assertTrue(entry.message().envelope().requireTls());
      assertFalse(entry.message().envelope().smtpUtf8());
      assertTrue(entry.warned());
      assertEquals(Precedence.NORMAL, entry.message().precedence());
      assertEquals(3, entry.waiting().get(0).tries());
      assertEquals("Deferred: busy", entry.waiting().get(0).reason());
      assertArrayEquals(
          "hello".getBytes(StandardCharsets.US_ASCII),
          spool.content(entry.message()).readAllBytes());
      assertEquals(List.of(7L), spool.dueInLane("esmtp one.test", 2000, 10));
      long row = 7 * SpoolSql.ROWS;
      spool.settle(new Settlement(7, 5, List.of(row), List.of(), List.of(), false)).join();
      assertTrue(spool.entry(7).isEmpty());
    }
    open().close(); // it is of this version now
  }

  @Test
  void spoolOfALaterVersionIsLeftAlone() throws IOException, SQLException {
    write(
        List.of("CREATE TABLE spool (version INTEGER NOT NULL)", "INSERT INTO spool VALUES (99)"));
    IOException refused = assertThrows(IOException.class, this::open);
    assertTrue(String.valueOf(refused.getMessage()).contains("version 99"), refused::toString);
  }
}
