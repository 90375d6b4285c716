package postern.gateway;

import io.netty.handler.ssl.OpenSsl;
import org.slf4j.LoggerFactory;

/** Loads what every gateway needs and no configuration changes, while that is still being read. */
final class WarmUp {
  private WarmUp() {}

  static void begin() {
    background("warm-up-log", () -> LoggerFactory.getLogger(Gateway.class));
    background("warm-up-tls", OpenSsl::isAvailable);
  }

  private static void background(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
