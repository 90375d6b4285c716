package postern.smtp.server;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Who is connected how often: {@code ${client_connections}}, {@code ${client_rate}} and {@code
 * ${total_rate}}. Rates are counted in {@value #SLOTS} slots of the window, as sendmail does.
 * Bounded; safe for concurrent use.
 */
final class ConnectionCounts {
  private static final int SLOTS = 6;

  /** Addresses to remember before those that are gone are swept out. */
  private static final int SWEEP_ABOVE = 10_000;

  /** What is counted, the new connection included. */
  record Counts(int connections, int rate, int totalRate, int total) {}

  private static final class Entry {
    int open;
    final int[] slots = new int[SLOTS];
    long slot;

    int rate(long now) {
      advance(now);
      int sum = 0;
      for (int count : slots) {
        sum += count;
      }
      return sum;
    }

    void add(long now) {
      advance(now);
      slots[(int) (now % SLOTS)]++;
    }

    private void advance(long now) {
      for (long at = Math.max(slot + 1, now - SLOTS + 1); at <= now; at++) {
        slots[(int) (at % SLOTS)] = 0;
      }
      slot = Math.max(slot, now);
    }
  }

  private final Map<InetAddress, Entry> entries = new HashMap<>();
  private final Entry all = new Entry();
  private int sweepAbove = SWEEP_ABOVE;

  /**
   * A connection from {@code address} was accepted.
   *
   * @param millis a clock that does not jump back
   * @param windowSeconds {@code ConnectionRateWindowSize}
   */
  synchronized Counts opened(InetAddress address, long millis, int windowSeconds) {
    long now = millis / Math.max(1, windowSeconds * 1000L / SLOTS);
    if (entries.size() > sweepAbove) {
      sweep(now);
    }
    Entry entry = entries.computeIfAbsent(address, unused -> new Entry());
    entry.open++;
    entry.add(now);
    all.open++;
    all.add(now);
    return new Counts(entry.open, entry.rate(now), all.rate(now), all.open);
  }

  /** A connection from {@code address} ended. */
  synchronized void closed(InetAddress address) {
    Entry entry = entries.get(address);
    if (entry == null || entry.open == 0) {
      throw new IllegalStateException("connection closed that was not open: " + address);
    }
    entry.open--;
    all.open--;
  }

  /** Connections open now. */
  synchronized int total() {
    return all.open;
  }

  /** Addresses that are remembered. */
  synchronized int remembered() {
    return entries.size();
  }

  private void sweep(long now) {
    Iterator<Entry> each = entries.values().iterator();
    while (each.hasNext()) {
      Entry entry = each.next();
      if (entry.open == 0 && entry.rate(now) == 0) {
        each.remove();
      }
    }
    sweepAbove = Math.max(SWEEP_ABOVE, 2 * entries.size());
  }
}
