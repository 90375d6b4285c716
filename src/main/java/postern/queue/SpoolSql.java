package postern.queue;

import java.util.List;

/**
 * Every statement that the spool runs. Plain SQL: what SQLite and PostgreSQL name differently is in
 * {@link Dialect}.
 *
 * <p>Rows of one message lie side by side: the id of a recipient or chunk row is the message's id
 * times {@link #ROWS} plus its number in the message.
 */
final class SpoolSql {
  private SpoolSql() {}

  /** Rows of one kind that a message can have. */
  static final long ROWS = 1L << 20;

  /** Message state: committed. */
  static final int STORED = 1;

  /** Message state: all recipients are done, content is being removed. */
  static final int LEAVING = 2;

  /** {@code due} of the recipients of a held message. */
  static final long HELD = Long.MAX_VALUE;

  /** The names in which the two engines differ. */
  enum Dialect {
    SQLITE("INTEGER PRIMARY KEY", "BLOB"),
    POSTGRESQL("BIGINT PRIMARY KEY", "BYTEA");

    private final String key;
    private final String bytes;

    Dialect(String key, String bytes) {
      this.key = key;
      this.bytes = bytes;
    }
  }

  /** Tables and indices, each if it is not there; the first is the one that holds the version. */
  static List<String> schema(Dialect dialect) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS spool (version INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS message ("
            + ("id " + dialect.key + ", qid TEXT NOT NULL, sender TEXT NOT NULL,")
            + " body TEXT NOT NULL, ret TEXT NOT NULL, envid TEXT NOT NULL,"
            + " flags INTEGER NOT NULL, arrived BIGINT NOT NULL, size BIGINT NOT NULL,"
            + " hold TEXT NOT NULL, warned INTEGER NOT NULL, kind INTEGER NOT NULL,"
            + " state INTEGER NOT NULL, class INTEGER NOT NULL DEFAULT 0)",
        "CREATE TABLE IF NOT EXISTS recipient ("
            + ("id " + dialect.key + ", address TEXT NOT NULL, notify TEXT NOT NULL,")
            + " orcpt TEXT NOT NULL, lane TEXT NOT NULL, forward TEXT NOT NULL,"
            + " due BIGINT NOT NULL, tries INTEGER NOT NULL, tried BIGINT NOT NULL,"
            + " dsn TEXT NOT NULL, reason TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS chunk (id "
            + dialect.key
            + ", data "
            + dialect.bytes
            + " NOT NULL)",
        "CREATE TABLE IF NOT EXISTS attempt (recipient BIGINT NOT NULL, no INTEGER NOT NULL,"
            + " at BIGINT NOT NULL, relay TEXT NOT NULL, tls TEXT NOT NULL, dsn TEXT NOT NULL,"
            + " reply TEXT NOT NULL, stat TEXT NOT NULL, PRIMARY KEY (recipient, no))",
        "CREATE TABLE IF NOT EXISTS request ("
            + ("id " + dialect.key + ", what TEXT NOT NULL, qid TEXT NOT NULL,")
            + " reason TEXT NOT NULL, answer TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS recipient_lane ON recipient (lane, due)",
        // Costs nothing for committed messages and finds the others without a scan.
        "CREATE INDEX IF NOT EXISTS message_unfinished ON message (id) WHERE state <> 1");
  }

  /** Takes the write lock at once, so that a group cannot fail half-way for want of it. */
  static final String BEGIN = "BEGIN IMMEDIATE";

  static final String COMMIT = "COMMIT";
  static final String ROLLBACK = "ROLLBACK";

  static final int VERSION = 3;

  /** What makes a spool of version 1 one of version 2. */
  static final List<String> FROM_VERSION_1 =
      List.of(
          BEGIN,
          "ALTER TABLE message RENAME COLUMN requiretls TO flags",
          "ALTER TABLE message ADD COLUMN class INTEGER NOT NULL DEFAULT 0",
          "UPDATE spool SET version = 2",
          COMMIT);

  /**
   * What makes a spool of version 2 one of version 3: the tables are the same, but content may lie
   * in files, of which version 2 knows nothing.
   */
  static final List<String> FROM_VERSION_2 = List.of("UPDATE spool SET version = 3");

  static final String SELECT_VERSION = "SELECT version FROM spool";
  static final String INSERT_VERSION = "INSERT INTO spool (version) VALUES (?)";

  private static final String MESSAGE_COLUMNS =
      "id, qid, sender, body, ret, envid, flags, arrived, size, hold, warned, kind, class";
  private static final String RECIPIENT_COLUMNS =
      "id, address, notify, orcpt, lane, forward, due, tries, tried, dsn, reason";

  // Writing. The order of parameters is that of the columns unless said otherwise.
  static final String INSERT_MESSAGE =
      "INSERT INTO message ("
          + MESSAGE_COLUMNS
          + ", state)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";
  static final String INSERT_RECIPIENT =
      "INSERT INTO recipient ("
          + RECIPIENT_COLUMNS
          + ")"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, '', '')";
  static final String INSERT_CHUNK = "INSERT INTO chunk (id, data) VALUES (?, ?)";
  static final String DELETE_RECIPIENT = "DELETE FROM recipient WHERE id = ?";

  /** Due, tries, tried, dsn, reason, id. A message that was held meanwhile stays held. */
  static final String DEFER_RECIPIENT =
      "UPDATE recipient SET due = CASE WHEN due = "
          + HELD
          + " THEN due ELSE ? END,"
          + " tries = ?, tried = ?, dsn = ?, reason = ? WHERE id = ?";

  static final String INSERT_ATTEMPT =
      "INSERT INTO attempt (recipient, no, at, relay, tls, dsn, reply, stat)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

  /** First and end of the recipients' ids, then the number below which attempts are forgotten. */
  static final String FORGET_ATTEMPTS =
      "DELETE FROM attempt WHERE recipient >= ? AND recipient < ? AND no < ?";

  /** Message id, first and end of its recipients' ids. */
  static final String DELETE_MESSAGE_IF_DONE =
      "DELETE FROM message WHERE id = ?"
          + " AND NOT EXISTS (SELECT 1 FROM recipient WHERE id >= ? AND id < ?)";

  /** The same parameters; for content of many chunks, which leaves in several transactions. */
  static final String LEAVE_MESSAGE_IF_DONE =
      "UPDATE message SET state = 2 WHERE id = ?"
          + " AND NOT EXISTS (SELECT 1 FROM recipient WHERE id >= ? AND id < ?)";

  static final String LEAVE_MESSAGE = "UPDATE message SET state = 2 WHERE id = ?";
  static final String DELETE_MESSAGE = "DELETE FROM message WHERE id = ?";
  static final String DELETE_RECIPIENTS = "DELETE FROM recipient WHERE id >= ? AND id < ?";
  static final String DELETE_CHUNKS = "DELETE FROM chunk WHERE id >= ? AND id < ?";
  static final String LAST_CHUNK = "SELECT max(id) FROM chunk WHERE id >= ? AND id < ?";
  static final String WARNED = "UPDATE message SET warned = 1 WHERE id = ?";
  static final String HOLD_MESSAGE = "UPDATE message SET hold = ? WHERE id = ?";

  /** Due, first and end of the recipients' ids. */
  static final String SET_DUE = "UPDATE recipient SET due = ? WHERE id >= ? AND id < ?";

  /** First row, due. */
  static final String NEXT_NOT_DUE =
      "SELECT id FROM recipient WHERE id >= ? AND due > ? AND due < "
          + HELD
          + " ORDER BY id LIMIT 1";

  /** Due, first and end of the rows, due again. */
  static final String MAKE_DUE =
      "UPDATE recipient SET due = ? WHERE id >= ? AND id < ? AND due > ? AND due < " + HELD;

  /** Due, lane, due again. */
  static final String MAKE_LANE_DUE =
      "UPDATE recipient SET due = ? WHERE lane = ? AND due > ? AND due < " + HELD;

  // What operators ask for.
  static final String INSERT_REQUEST =
      "INSERT INTO request (id, what, qid, reason, answer) VALUES (?, ?, ?, ?, '')";
  static final String SELECT_REQUESTS =
      "SELECT id, what, qid, reason FROM request WHERE answer = '' ORDER BY id";
  static final String SELECT_ANSWER = "SELECT answer FROM request WHERE id = ?";

  /** Answer, id. */
  static final String ANSWER_REQUEST = "UPDATE request SET answer = ? WHERE id = ?";

  static final String DELETE_REQUEST = "DELETE FROM request WHERE id = ?";

  // Reading.

  /** Destination, recipients, earliest due time, reason of the latest attempt that left one. */
  static final String DESTINATIONS =
      "SELECT lane, count(*), min(due), coalesce((SELECT r.reason FROM recipient r"
          + " WHERE r.lane = recipient.lane AND r.reason <> '' ORDER BY r.tried DESC LIMIT 1), '')"
          + " FROM recipient GROUP BY lane ORDER BY count(*) DESC, lane";

  static final String MAX_MESSAGE = "SELECT max(id) FROM message";
  static final String UNFINISHED = "SELECT id FROM message WHERE state <> 1";
  static final String IS_STORED = "SELECT 1 FROM message WHERE id = ? AND state = 1";
  static final String ANY_MESSAGE = "SELECT 1 FROM message LIMIT 1";
  static final String SELECT_CHUNK =
      "SELECT id, data FROM chunk WHERE id >= ? AND id < ? ORDER BY id LIMIT 1";
  static final String SELECT_MESSAGE =
      "SELECT " + MESSAGE_COLUMNS + " FROM message WHERE id = ? AND state = 1";
  static final String SELECT_RECIPIENTS =
      "SELECT " + RECIPIENT_COLUMNS + " FROM recipient WHERE id >= ? AND id < ? ORDER BY id";
  static final String FIND_MESSAGE = "SELECT id FROM message WHERE qid = ? AND state = 1";

  /** Committed messages behind an id, oldest first. */
  static final String MESSAGES_AFTER =
      "SELECT " + MESSAGE_COLUMNS + " FROM message WHERE id > ? AND state = 1 ORDER BY id LIMIT ?";

  static final String COUNT_MESSAGES = "SELECT count(*) FROM message WHERE state = 1";
  static final String COUNT_RECIPIENTS = "SELECT count(*) FROM recipient";

  /** The first lane behind a name and its earliest due time. */
  static final String NEXT_LANE =
      "SELECT lane, due FROM recipient WHERE lane > ? ORDER BY lane, due LIMIT 1";

  static final String DUE_IN_LANE =
      "SELECT id FROM recipient WHERE lane = ? AND due <= ? ORDER BY due LIMIT ?";
  static final String SELECT_ATTEMPTS =
      "SELECT recipient, no, at, relay, tls, dsn, reply, stat FROM attempt"
          + " WHERE recipient >= ? AND recipient < ? ORDER BY at, recipient";
}
