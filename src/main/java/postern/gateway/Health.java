package postern.gateway;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import postern.queue.Spool;

/** Finds out how the gateway is doing. */
final class Health implements Supplier<Status> {
  private final String host;
  private final IntSupplier sessions;
  private final Spool spool;
  private final Reloading reloading;
  private final Counters counters;
  private final long started = System.nanoTime();

  Health(String host, IntSupplier sessions, Spool spool, Reloading reloading, Counters counters) {
    this.host = host;
    this.sessions = sessions;
    this.spool = spool;
    this.reloading = reloading;
    this.counters = counters;
  }

  @Override
  public Status get() {
    List<String> troubles = new ArrayList<>();
    if (!spool.hasSpace(0)) {
      troubles.add("no space for the queue: mail is refused with 452");
    }
    Generation current = reloading.current();
    boolean wanted = current.configuration().options().isSet("ServerCertFile");
    if (wanted && !current.tls().available()) {
      troubles.add("STARTTLS is configured but cannot be offered");
    }
    Spool.Size size;
    try {
      size = spool.size();
    } catch (IOException e) {
      troubles.add("the queue cannot be read");
      size = new Spool.Size(0, 0);
    }
    Runtime memory = Runtime.getRuntime();
    return new Status(
        host,
        Duration.ofNanos(System.nanoTime() - started),
        sessions.getAsInt(),
        size.messages(),
        size.recipients(),
        memory.totalMemory() - memory.freeMemory(),
        counters.snapshot(),
        troubles);
  }
}
