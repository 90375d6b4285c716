package postern.queue;

import static postern.queue.SpoolSql.ROWS;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** What becomes of a message's rows when an attempt is over, and how they leave. */
final class SettlementRows {
  private static final int CHUNKS_AT_ONCE = 64;
  private static final int ATTEMPTS_KEPT = 50;

  private SettlementRows() {}

  /** Whether there is so much content that it leaves in several transactions. */
  static boolean leavesSlowly(Settlement settlement, int chunkBytes) {
    return settlement.size() > (long) CHUNKS_AT_ONCE * chunkBytes;
  }

  /**
   * Writes a settlement.
   *
   * @param bounces its bounces with the keys they have got
   * @param slowly whether content leaves in several transactions
   * @return whether the message has left; content that leaves slowly then waits for {@link
   *     #removeSlice}
   */
  static boolean write(
      Statements sql, Settlement settlement, List<Stored> bounces, int chunkBytes, boolean slowly)
      throws SQLException {
    long key = settlement.key();
    long first = key * ROWS;
    for (int i = 0; i < bounces.size(); i++) {
      Stored bounce = bounces.get(i);
      byte[] content = settlement.bounces().get(i).content();
      SpoolRows.insertMessage(sql, bounce);
      for (int no = 0; no * chunkBytes < content.length; no++) {
        int from = no * chunkBytes;
        int to = Math.min(content.length, from + chunkBytes);
        byte[] chunk = Arrays.copyOfRange(content, from, to);
        sql.update(SpoolSql.INSERT_CHUNK, bounce.key() * ROWS + no, chunk);
      }
    }
    for (long row : settlement.done()) {
      sql.update(SpoolSql.DELETE_RECIPIENT, row);
    }
    for (Settlement.Deferral d : settlement.deferred()) {
      Outcome.Temporary o = d.outcome();
      sql.update(SpoolSql.DEFER_RECIPIENT, d.due(), d.tries(), d.at(), o.dsn(), o.stat(), d.row());
      sql.update(
          SpoolSql.INSERT_ATTEMPT,
          d.row(),
          d.tries(),
          d.at(),
          o.relay(),
          o.tls(),
          o.dsn(),
          o.reply(),
          o.stat());
      if (d.tries() > ATTEMPTS_KEPT) {
        int oldest = d.tries() - ATTEMPTS_KEPT;
        sql.update(SpoolSql.FORGET_ATTEMPTS, d.row(), d.row() + 1, oldest);
      }
    }
    if (settlement.warned()) {
      sql.update(SpoolSql.WARNED, key);
    }
    if (settlement.done().isEmpty()) {
      return false;
    }
    String ending = slowly ? SpoolSql.LEAVE_MESSAGE_IF_DONE : SpoolSql.DELETE_MESSAGE_IF_DONE;
    if (sql.update(ending, key, first, first + ROWS) == 0) {
      return false;
    }
    sql.update(SpoolSql.FORGET_ATTEMPTS, first, first + ROWS, Integer.MAX_VALUE);
    if (!slowly) {
      sql.update(SpoolSql.DELETE_CHUNKS, first, first + ROWS);
    }
    return true;
  }

  /** Removes the last chunks and, with the very last ones, the message; true when it is gone. */
  static boolean removeSlice(Statements sql, long key) throws SQLException {
    long first = key * ROWS;
    long last = sql.number(SpoolSql.LAST_CHUNK, -1, first, first + ROWS);
    long from = Math.max(first, last - CHUNKS_AT_ONCE + 1);
    if (last >= 0) {
      sql.update(SpoolSql.DELETE_CHUNKS, from, first + ROWS);
    }
    if (last < 0 || from == first) {
      sql.update(SpoolSql.DELETE_MESSAGE, key);
      return true;
    }
    return false;
  }
}
