package postern.queue;

import static postern.queue.SpoolSql.ROWS;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import postern.smtp.DeliverBy;
import postern.smtp.Envelope;
import postern.smtp.Route;

/** Rows to records and back. */
final class SpoolRows {
  private SpoolRows() {}

  /** How {@link Stored.Kind} is written. */
  private static final int MAIL = 0;

  private static final int DOUBLE_BOUNCE = 1;

  // Bits of the column "flags".
  private static final int REQUIRE_TLS = 1;
  private static final int SMTPUTF8 = 2;
  private static final int URGENT = 4;
  private static final int NON_URGENT = 8;

  /** Inserts message and recipient rows; recipients of a quarantined message are not due. */
  static void insertMessage(Statements sql, Stored stored) throws SQLException {
    Envelope e = stored.envelope();
    long arrived = e.arrived().toEpochMilli();
    sql.update(
        SpoolSql.INSERT_MESSAGE,
        stored.key(),
        e.id(),
        e.sender(),
        e.body(),
        wishes(e),
        e.envid(),
        flags(stored),
        arrived,
        stored.size(),
        e.quarantine(),
        0,
        stored.kind() == Stored.Kind.DOUBLE_BOUNCE ? DOUBLE_BOUNCE : MAIL,
        stored.precedence().messageClass());
    long due = e.quarantine().isEmpty() ? arrived : SpoolSql.HELD;
    long row = stored.key() * ROWS;
    for (Envelope.Recipient r : e.recipients()) {
      sql.update(
          SpoolSql.INSERT_RECIPIENT,
          row++,
          r.address(),
          r.dsnNotify(),
          r.orcpt(),
          QueueEntry.lane(r),
          r.route().user(),
          due);
    }
  }

  static Optional<QueueEntry> entry(Statements sql, long key) throws SQLException {
    Head head;
    try (ResultSet rows = sql.query(SpoolSql.SELECT_MESSAGE, key)) {
      if (!rows.next()) {
        return Optional.empty();
      }
      head = head(rows);
    }
    return Optional.of(withRecipients(sql, head));
  }

  static List<QueueEntry> entriesAfter(Statements sql, long key, int limit) throws SQLException {
    List<Head> heads = new ArrayList<>();
    try (ResultSet rows = sql.query(SpoolSql.MESSAGES_AFTER, key, limit)) {
      while (rows.next()) {
        heads.add(head(rows));
      }
    }
    List<QueueEntry> entries = new ArrayList<>(heads.size());
    for (Head head : heads) {
      entries.add(withRecipients(sql, head));
    }
    return entries;
  }

  private record Head(Stored message, boolean warned) {}

  private static Head head(ResultSet rows) throws SQLException {
    int flags = rows.getInt(7);
    String wishes = rows.getString(5);
    int blank = wishes.indexOf(' ') < 0 ? wishes.length() : wishes.indexOf(' ');
    Envelope envelope =
        new Envelope(
            rows.getString(2),
            rows.getString(3),
            List.of(),
            rows.getString(4),
            wishes.substring(0, blank),
            rows.getString(6),
            (flags & REQUIRE_TLS) != 0,
            Instant.ofEpochMilli(rows.getLong(8)),
            rows.getString(10),
            (flags & SMTPUTF8) != 0,
            DeliverBy.of(wishes.substring(blank).strip()));
    Stored stored =
        new Stored(
            rows.getLong(1),
            envelope,
            rows.getLong(9),
            kind(rows.getInt(12)),
            new Precedence(rows.getInt(13), urgency(flags)));
    return new Head(stored, rows.getInt(11) != 0);
  }

  /** What the column "ret" holds: RET and, behind a blank, BY if it was given. */
  private static String wishes(Envelope e) {
    DeliverBy by = e.deliverBy();
    return by == null ? e.ret() : e.ret() + " " + by.text();
  }

  private static int flags(Stored stored) {
    Precedence.Urgency urgency = stored.precedence().urgency();
    return (stored.envelope().requireTls() ? REQUIRE_TLS : 0)
        | (stored.envelope().smtpUtf8() ? SMTPUTF8 : 0)
        | (urgency == Precedence.Urgency.URGENT ? URGENT : 0)
        | (urgency == Precedence.Urgency.NON_URGENT ? NON_URGENT : 0);
  }

  private static Precedence.Urgency urgency(int flags) {
    if ((flags & URGENT) != 0) {
      return Precedence.Urgency.URGENT;
    }
    return (flags & NON_URGENT) != 0 ? Precedence.Urgency.NON_URGENT : Precedence.Urgency.NORMAL;
  }

  private static Stored.Kind kind(int number) {
    return number == DOUBLE_BOUNCE ? Stored.Kind.DOUBLE_BOUNCE : Stored.Kind.MAIL;
  }

  private static QueueEntry withRecipients(Statements sql, Head head) throws SQLException {
    Stored bare = head.message;
    List<QueueEntry.Waiting> waiting = new ArrayList<>();
    long first = bare.key() * ROWS;
    try (ResultSet rows = sql.query(SpoolSql.SELECT_RECIPIENTS, first, first + ROWS)) {
      while (rows.next()) {
        waiting.add(waiting(rows));
      }
    }
    Stored message =
        bare.withRecipients(waiting.stream().map(QueueEntry.Waiting::recipient).toList());
    return new QueueEntry(message, waiting, head.warned);
  }

  private static QueueEntry.Waiting waiting(ResultSet rows) throws SQLException {
    String lane = rows.getString(5);
    int blank = lane.indexOf(' ');
    Route route = new Route(lane.substring(0, blank), lane.substring(blank + 1), rows.getString(6));
    long due = rows.getLong(7);
    return new QueueEntry.Waiting(
        rows.getLong(1),
        new Envelope.Recipient(rows.getString(2), rows.getString(3), rows.getString(4), route),
        due == SpoolSql.HELD ? Instant.MAX : Instant.ofEpochMilli(due),
        rows.getInt(8),
        Instant.ofEpochMilli(rows.getLong(9)),
        rows.getString(10),
        rows.getString(11));
  }

  static List<QueueEntry.Attempt> attempts(Statements sql, long key) throws SQLException {
    List<QueueEntry.Attempt> attempts = new ArrayList<>();
    try (ResultSet rows = sql.query(SpoolSql.SELECT_ATTEMPTS, key * ROWS, key * ROWS + ROWS)) {
      while (rows.next()) {
        attempts.add(
            new QueueEntry.Attempt(
                rows.getLong(1),
                rows.getInt(2),
                Instant.ofEpochMilli(rows.getLong(3)),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                rows.getString(7),
                rows.getString(8)));
      }
    }
    return attempts;
  }
}
