package postern.offline.log;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What became of the lines that were read. Written by the reading thread, read by any. */
public final class LogCounts {
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong sessions = new AtomicLong();
  private final Map<Unused, AtomicLong> unused = new EnumMap<>(Unused.class);
  private final AtomicLong incomplete = new AtomicLong();
  private final AtomicLong noTlsLines = new AtomicLong();
  private final AtomicLong pushedOut = new AtomicLong();
  private final List<String> broken = new CopyOnWriteArrayList<>();

  LogCounts() {
    for (Unused reason : Unused.values()) {
      unused.put(reason, new AtomicLong());
    }
  }

  void addLine() {
    lines.setPlain(lines.getPlain() + 1);
  }

  void addSession() {
    sessions.setPlain(sessions.getPlain() + 1);
  }

  void addBytes(long more) {
    bytes.addAndGet(more);
  }

  void addUnused(Unused reason) {
    AtomicLong count = unused.get(reason);
    if (count != null) {
      count.setPlain(count.getPlain() + 1);
    }
  }

  void addIncomplete() {
    incomplete.incrementAndGet();
  }

  void addWithoutTlsLines() {
    noTlsLines.incrementAndGet();
  }

  /** A log broke off; the words name it. */
  public void addBroken(String words) {
    broken.add(words);
  }

  /** Logs that could not be read to their end, each named, with the reason. */
  public List<String> broken() {
    return List.copyOf(broken);
  }

  void setPushedOut(long many) {
    pushedOut.set(many);
  }

  /** Lines (or entries of a journal, or records) read. */
  public long lines() {
    return lines.get();
  }

  /** Bytes read, before they were unpacked. */
  public long bytes() {
    return bytes.get();
  }

  /** Sessions found. */
  public long sessions() {
    return sessions.get();
  }

  /** Lines that were of no use for {@code reason}. */
  public long unused(Unused reason) {
    AtomicLong count = unused.get(reason);
    return count == null ? 0 : count.get();
  }

  /** Lines that sessions were made of. */
  public long used() {
    long rest = lines();
    for (AtomicLong count : unused.values()) {
      rest -= count.get();
    }
    return rest;
  }

  /** Messages of which the log does not name every recipient. */
  public long incomplete() {
    return incomplete.get();
  }

  /** Deliveries of which it is not known whether there was TLS, as no line ever tells. */
  public long withoutTlsLines() {
    return noTlsLines.get();
  }

  /** Joins that were given up because too many were open. */
  public long pushedOut() {
    return pushedOut.get();
  }
}
