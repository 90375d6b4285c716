package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import postern.cf.Options;
import postern.smtp.server.Busy;

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

  private boolean above(String option) {
    int limit = options.get().number(option, 0);
    return limit > 0 && load >= limit;
  }

  /** Whether mail is to be kept for later. */
  boolean queues() {
    return above("QueueLA");
  }

  @Override
  public boolean refuses() {
    return above("RefuseLA");
  }

  @Override
  public boolean delays() {
    return above("DelayLA");
  }
}
