package postern.offline.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.offline.RecordException;
import postern.offline.session.RecordedSession;
import postern.offline.session.SessionJson;

/**
 * Reads logs of any of the known forms, one after the other, and hands out the sessions in them:
 * syslog lines of sendmail, Postfix and Postern with BSD or RFC 5424 (RFC 3339) time stamps, {@code
 * journalctl -o export} and {@code -o json}, and Postern's own session records. Not thread-safe,
 * apart from {@link #counts}.
 */
public final class LogReader {
  private static final int LONGEST = 1 << 16;
  private static final int BLOCK = 1 << 18;
  private static final int EXPIRE_EVERY = 1 << 12;
  private static final int MOST_REPEATED = 1 << 16;
  private static final byte[] REPEATED = Scan.bytes("message repeated ");
  private static final byte[] TIMES = Scan.bytes(" times: [");

  private final LogCounts counts = new LogCounts();
  private final ZoneId zone;
  private final Stamps stamps;
  private final Head head;
  private final Folded folded = new Folded();
  private final SendmailJoin sendmail;
  private final PostfixJoin postfix;
  private final Deliveries sendmailDeliveries;
  private final Deliveries postfixDeliveries;
  private final Consumer<RecordedSession> out;
  private final BooleanSupplier stop;
  private String source = "";
  private long number;
  private long latest = Long.MIN_VALUE;
  private @Nullable JournalExport journal;
  private @Nullable JournalJson journalJson;
  private @Nullable IOException broke;

  /**
   * A reader.
   *
   * @param zone where BSD time stamps come from
   * @param out takes the sessions, in the order in which their last lines come
   * @param stop asked now and then: true ends the reading early
   */
  public LogReader(ZoneId zone, Consumer<RecordedSession> out, BooleanSupplier stop) {
    this.zone = zone;
    this.stop = stop;
    this.out =
        session -> {
          counts.addSession();
          out.accept(session);
        };
    stamps = new Stamps(zone);
    head = new Head(stamps);
    Texts texts = new Texts();
    sendmailDeliveries = new Deliveries(this.out, counts);
    postfixDeliveries = new Deliveries(this.out, counts);
    sendmail = new SendmailJoin(texts, this.out, counts, sendmailDeliveries);
    postfix = new PostfixJoin(texts, this.out, counts, postfixDeliveries);
  }

  /** How far reading is; any thread may ask. */
  public LogCounts counts() {
    return counts;
  }

  /**
   * Reads one log to its end. Messages that are not complete wait for the next log of the set.
   *
   * @throws IOException if it cannot be read, or not to its end; the message names it. The lines in
   *     front of that count.
   * @throws RecordException if it holds session records and one of them is broken
   */
  public void read(LogInput input) throws IOException, RecordException {
    source = input.name();
    number = 0;
    folded.clear();
    LocalDate newest = LocalDate.ofInstant(input.modified(), zone);
    stamps.newest(newest.getYear(), newest.getMonthValue());
    try (InputStream in = input.open(counts::addBytes)) {
      byte[] buffer = new byte[BLOCK];
      broke = null;
      int filled = fill(in, buffer, 0);
      boolean json = startsWith(buffer, filled, "{");
      int firstEnd = json ? Scan.find(buffer, 0, filled, '\n') : -1;
      boolean entries = json && JournalJson.isEntry(buffer, 0, firstEnd < 0 ? filled : firstEnd);
      journalJson = entries ? new JournalJson() : null;
      if (json && !entries) {
        records(
            new java.io.SequenceInputStream(
                new java.io.ByteArrayInputStream(buffer, 0, filled), in));
        return;
      }
      journal = startsWith(buffer, filled, "__") ? new JournalExport() : null;
      lines(in, buffer, filled);
    } catch (IOException e) {
      throw broken(e);
    }
    IOException end = broke;
    if (end != null) {
      throw broken(end);
    }
  }

  private IOException broken(IOException e) {
    String why = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    String lines = number == 0 ? "" : " behind line " + number;
    return new IOException(source + ": cannot be read" + lines + ": " + why, e);
  }

  /** Reads until the buffer is full or the log ends, which it may do because it is broken. */
  private int fill(InputStream in, byte[] buffer, int from) {
    int filled = from;
    try {
      while (filled < buffer.length) {
        int n = in.read(buffer, filled, buffer.length - filled);
        if (n < 0) {
          break;
        }
        filled += n;
      }
    } catch (IOException e) {
      broke = e;
    }
    return filled;
  }

  private static boolean startsWith(byte[] buffer, int filled, String text) {
    return filled >= text.length() && Scan.at(buffer, 0, filled, Scan.bytes(text));
  }

  private void records(InputStream in) throws IOException, RecordException {
    SessionJson.Reader reader = new SessionJson.Reader(source, in);
    RecordedSession session;
    while (!stop.getAsBoolean() && (session = reader.next()) != null) {
      counts.addLine();
      out.accept(session);
    }
  }

  private void lines(InputStream in, byte[] first, int firstFilled) throws IOException {
    byte[] buffer = first;
    int filled = firstFilled;
    boolean skipping = false;
    boolean ended = filled < buffer.length;
    while (true) {
      int from = 0;
      int at = 0;
      while (true) {
        at = Scan.find(buffer, from, filled, '\n');
        if (at < 0) {
          break;
        }
        if (skipping) {
          skipping = false;
        } else if (journal != null && journal.wantsBinary()) {
          // sizes and bytes may hold line ends
          int used = journal.binary(buffer, from, filled);
          if (used < 0) {
            break;
          }
          from = used;
          continue;
        } else {
          line(buffer, from, at);
        }
        from = at + 1;
      }
      if (stop.getAsBoolean()) {
        return;
      }
      int rest = filled - from;
      if (ended) {
        if (rest > 0 && !skipping && broke == null) {
          line(buffer, from, filled);
        }
        if (journal != null) {
          entry();
        }
        return;
      }
      if (rest >= LONGEST && (journal == null || !journal.wantsBinary())) {
        if (!skipping) {
          counts.addLine();
          number++;
          counts.addUnused(Unused.TOO_LONG);
        }
        skipping = true;
        rest = 0;
      } else if (rest == buffer.length) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2); // a field of a journal; bounded there
      } else {
        System.arraycopy(buffer, from, buffer, 0, rest);
      }
      filled = fill(in, buffer, rest);
      ended = filled < buffer.length;
    }
  }

  private void line(byte[] in, int from, int to) {
    int end = to > from && in[to - 1] == '\r' ? to - 1 : to;
    JournalExport export = journal;
    if (export != null) {
      if (end == from) {
        entry();
      } else {
        export.field(in, from, end);
      }
      return;
    }
    counts.addLine();
    number++;
    JournalJson json = journalJson;
    if (end - from > LONGEST) {
      counts.addUnused(Unused.TOO_LONG);
    } else if (json != null) {
      if (!json.read(in, from, end)) {
        counts.addUnused(Unused.BROKEN);
      } else {
        message(json);
      }
    } else {
      boolean whole = head.read(in, from, end);
      int times = folded.times(in, whole ? head.from : head.behindHost, end);
      if (times > 0) {
        again(in, whole ? head.from : head.behindHost, end, Math.min(times, MOST_REPEATED));
      } else if (whole) {
        folded.remember(in, from, end, head);
        take(in, 1);
      } else {
        counts.addUnused(Unused.NO_STAMP);
      }
    }
  }

  /** The line in front says the same again, so many times. */
  private void again(byte[] in, int from, int to, int times) {
    if (!folded.isKnown(head) || folded.isOfAnother(in, from, to)) {
      counts.addUnused(Unused.NO_BEGINNING);
      return;
    }
    long now = head.time;
    head.read(folded.last(), 0, folded.size());
    head.time = now;
    take(folded.last(), times);
  }

  /** The end of a journal's entry. */
  private void entry() {
    JournalExport export = journal;
    if (export == null || export.isEmpty()) {
      return;
    }
    counts.addLine();
    number++;
    message(export);
    export.clear();
  }

  /** What an entry of a journal says. */
  private void message(JournalEntry entry) {
    byte[] text = entry.message();
    if (text == null || entry.time() == Stamps.NONE) {
      counts.addUnused(Unused.NO_STAMP);
    } else {
      head.set(entry.time(), entry.program(), entry.pid(), entry.host(), 0, text.length);
      take(text, 1);
    }
  }

  private void take(byte[] in, int copies) {
    if (head.program == Program.OTHER) {
      counts.addUnused(Unused.OTHER_PROGRAM);
      return;
    }
    Place place = new Place(source, number);
    long times = Math.min(MOST_REPEATED, (long) copies * repeated(in));
    Unused why = null;
    for (long i = 0; i < times; i++) {
      why =
          head.program == Program.SENDMAIL || head.program == Program.POSTERN
              ? sendmail.line(in, head, place)
              : postfix.line(in, head, place);
    }
    if (why != null) {
      counts.addUnused(why);
    }
    latest = Math.max(latest, head.time);
    if ((number & (EXPIRE_EVERY - 1)) == 0) {
      sendmail.expire(latest);
      postfix.expire(latest);
      counts.setPushedOut(sendmail.pushedOut() + postfix.pushedOut());
    }
  }

  /**
   * How often the message was said: rsyslog's {@code message repeated 3 times: [ text]}, of which
   * the text is what follows. It comes behind the line that said it first.
   */
  private int repeated(byte[] in) {
    int from = head.from;
    int to = head.to;
    if (from >= to || in[from] != 'm' || !Scan.at(in, from, to, REPEATED) || in[to - 1] != ']') {
      return 1;
    }
    int digits = from + REPEATED.length;
    int open = Scan.find(in, digits, to, TIMES);
    if (open < 0) {
      return 1;
    }
    int text = open + TIMES.length;
    head.from = text < to && in[text] == ' ' ? text + 1 : text;
    head.to = to - 1;
    return Math.min(MOST_REPEATED, Scan.number(in, digits, open));
  }

  /** All logs are read: what still waits for lines is handed out as it is. */
  public void finish() {
    sendmail.finish();
    postfix.finish();
    sendmailDeliveries.finish();
    postfixDeliveries.finish();
    counts.setPushedOut(sendmail.pushedOut() + postfix.pushedOut());
  }
}
