package postern.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import postern.smtp.Envelope;
import postern.smtp.Route;

/**
 * Fills a spool that nobody has open: messages that were tried once, for two thousand hosts on the
 * loopback interface where nobody listens. Most are due in an hour, some at once.
 *
 * <p>Arguments: spool folder, messages, of so many one is due at once (0: none).
 */
public final class Backlog {
  private static final int HOSTS = 2000;
  private static final int IN_ONE_TRANSACTION = 5000;

  private Backlog() {}

  public static void main(String[] arguments) throws IOException, SQLException {
    Path folder = Path.of(arguments[0]);
    int messages = Integer.parseInt(arguments[1]);
    int dueOne = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
    Spool.open(folder, SpoolSettings.DEFAULT).close(); // the schema
    byte[] content =
        ("Received: from a\r\nSubject: waiting\r\n\r\n" + "It waits. ".repeat(50) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    long now = Instant.now().toEpochMilli();
    try (Statements sql = new Statements(SpoolFile.connect(folder, false))) {
      sql.execute("PRAGMA synchronous = OFF"); // whoever is killed here starts again
      long first = sql.number(SpoolSql.MAX_MESSAGE, 0) + 1;
      for (int i = 0; i < messages; i++) {
        if (i % IN_ONE_TRANSACTION == 0) {
          sql.begin();
        }
        insert(sql, first + i, i % HOSTS, now, content, dueOne > 0 && i % dueOne == 0);
        if ((i + 1) % IN_ONE_TRANSACTION == 0 || i + 1 == messages) {
          sql.commit();
        }
      }
      sql.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  private static void insert(
      Statements sql, long key, int host, long now, byte[] content, boolean due)
      throws SQLException {
    Route route =
        new Route(
            "esmtp", "[127.0." + (100 + host / 250) + "." + (1 + host % 250) + "]", "u@far.test");
    Envelope envelope =
        new Envelope(
            "waiting%08d".formatted(key),
            "s@client.example.test",
            List.of(new Envelope.Recipient(route.user(), "", "", route)),
            "",
            "",
            "",
            false,
            Instant.ofEpochMilli(now - 60_000),
            "");
    SpoolRows.insertMessage(
        sql, new Stored(key, envelope, content.length, Stored.Kind.MAIL, Precedence.NORMAL));
    long row = key * SpoolSql.ROWS;
    sql.update(SpoolSql.INSERT_CHUNK, row, content);
    String stat = "Deferred: Connection refused by " + route.host();
    sql.update(
        SpoolSql.DEFER_RECIPIENT, due ? now : now + 3_600_000, 1, now - 60_000, "4.4.1", stat, row);
    sql.update(SpoolSql.INSERT_ATTEMPT, row, 1, now - 60_000, route.host(), "", "4.4.1", "", stat);
  }
}
