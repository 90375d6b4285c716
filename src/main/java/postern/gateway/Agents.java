package postern.gateway;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.queue.DeliveryAgent;
import postern.smtp.client.RelayClient;
import postern.text.Expander;

/**
 * Who delivers for a mailer: the relay for {@code P=[IPC]}, the Maildir for local ones. Programs
 * and files are not run or written here; a mailer of that kind has no agent.
 */
final class Agents implements Function<String, Optional<DeliveryAgent>> {
  private final Supplier<Configuration> configuration;
  private final RelayClient relay;
  private final DeliveryAgent maildir;
  private final Map<Integer, DeliveryAgent> relays = new ConcurrentHashMap<>();

  Agents(Supplier<Configuration> configuration, RelayClient relay, DeliveryAgent maildir) {
    this.configuration = configuration;
    this.relay = relay;
    this.maildir = maildir;
  }

  @Override
  public Optional<DeliveryAgent> apply(String name) {
    Configuration current = configuration.get();
    Mailer mailer = current.mailer(name);
    if (mailer == null) {
      return Optional.empty();
    }
    if (mailer.path().equals("[IPC]")) {
      return Optional.of(
          relays.computeIfAbsent(port(current, mailer), port -> new RelayAgent(relay, port)));
    }
    return mailer.has('l') && !name.equals("prog") && !name.startsWith("*")
        ? Optional.of(maildir)
        : Optional.empty();
  }

  /** The port in {@code A=TCP $h PORT}; 0 if there is none. */
  private static int port(Configuration configuration, Mailer mailer) {
    if (mailer.argv().size() < 3) {
      return 0;
    }
    String word =
        Expander.expand(
            mailer.argv().get(2),
            id -> configuration.program().macros().text(id),
            Expander.LINE,
            message -> {});
    try {
      int port = Integer.parseInt(word.strip());
      return port > 0 && port < 65_536 ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
