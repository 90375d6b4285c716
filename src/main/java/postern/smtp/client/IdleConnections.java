package postern.smtp.client;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Open connections that nobody uses at the moment. Safe for many threads. */
final class IdleConnections {
  private final RelaySettings settings;
  private final Map<Destination.Target, ArrayDeque<SmtpConnection>> idle = new HashMap<>();
  private final Map<SmtpConnection, ScheduledFuture<?>> timers = new HashMap<>();
  private boolean closed;

  IdleConnections(RelaySettings settings) {
    this.settings = settings;
  }

  /** Takes the connection that was used last, or null if there is none. */
  synchronized @Nullable SmtpConnection take(Destination.Target target) {
    ArrayDeque<SmtpConnection> queue = idle.get(target);
    SmtpConnection connection = queue == null ? null : queue.pollLast();
    if (connection != null) {
      forget(target, connection);
    }
    return connection;
  }

  /** Keeps a connection for later, on its event loop; false if there are enough. */
  synchronized boolean keep(Destination.Target target, SmtpConnection connection) {
    ArrayDeque<SmtpConnection> queue = idle.computeIfAbsent(target, unused -> new ArrayDeque<>());
    if (closed
        || queue.size() >= settings.idlePerDestination()
        || timers.size() >= settings.idleTotal()) {
      if (queue.isEmpty()) {
        idle.remove(target);
      }
      return false;
    }
    queue.addLast(connection);
    timers.put(
        connection,
        connection
            .loop()
            .schedule(
                () -> {
                  if (remove(target, connection)) {
                    connection.quit(settings.timeouts().quit());
                  }
                },
                settings.idleTime().toMillis(),
                TimeUnit.MILLISECONDS));
    connection.onIdleClose(() -> remove(target, connection));
    return true;
  }

  private synchronized boolean remove(Destination.Target target, SmtpConnection connection) {
    ArrayDeque<SmtpConnection> queue = idle.get(target);
    boolean there = queue != null && queue.remove(connection);
    if (there) {
      forget(target, connection);
    }
    return there;
  }

  private void forget(Destination.Target target, SmtpConnection connection) {
    ScheduledFuture<?> timer = timers.remove(connection);
    if (timer != null) {
      timer.cancel(false);
    }
    ArrayDeque<SmtpConnection> queue = idle.get(target);
    if (queue != null && queue.isEmpty()) {
      idle.remove(target);
    }
  }

  /** Ends them all. */
  void close() {
    List<SmtpConnection> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      idle.values().forEach(all::addAll);
      idle.clear();
      timers.values().forEach(timer -> timer.cancel(false));
      timers.clear();
    }
    for (SmtpConnection connection : all) {
      connection.loop().execute(() -> connection.quit(settings.timeouts().quit()));
    }
  }
}
