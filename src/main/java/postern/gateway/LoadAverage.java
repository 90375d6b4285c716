package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import postern.cf.Options;
import postern.smtp.server.Busy;
import postern.smtp.server.Listener;

/**
 * {@code QueueLA}, {@code RefuseLA}, {@code DelayLA}: what to do without while the system's load
 * average of the last minute is that high. Each is off unless the configuration sets it: a load
 * that would have been hundreds of processes to sendmail is some sessions of one process here.
 */
final class LoadAverage implements Busy {
  private static final Path FILE = Path.of("/proc/loadavg");

  private final Supplier<Options> options;
  private volatile double load;

  LoadAverage(Supplier<Options> options) {
    this.options = options;
  }

  /** Looks at the system; to be called every now and then. */
  void look() {
    try {
      String text = Files.readString(FILE, StandardCharsets.US_ASCII);
      load = Double.parseDouble(text.substring(0, text.indexOf(' ')));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      load = 0; // a system that does not say
    }
  }

  private boolean above(String option, int own) {
    int limit = own > 0 ? own : options.get().number(option, 0);
    return limit > 0 && load >= limit;
  }

  /** Whether mail that {@code listener} takes is to be kept for later. */
  boolean queues(Listener listener) {
    return above("QueueLA", listener.load().queue());
  }

  @Override
  public boolean refuses(Listener listener) {
    return above("RefuseLA", listener.load().refuse());
  }

  @Override
  public boolean delays(Listener listener) {
    return above("DelayLA", listener.load().delay());
  }
}
