package postern.gateway;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.queue.DeliveryAgent;
import postern.smtp.client.RelayClient;
import postern.smtp.client.Transport;
import postern.text.Expander;

/**
 * Who delivers for a mailer: the relay for {@code P=[IPC]}, the Maildir for local ones. Programs
 * and files are not run or written here; a mailer of that kind has no agent.
 */
final class Agents implements Function<String, Optional<DeliveryAgent>> {
  private final Supplier<Configuration> configuration;
  private final RelayClient relay;
  private final DeliveryAgent maildir;
  private final Map<Transport, DeliveryAgent> relays = new ConcurrentHashMap<>();

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
          relays.computeIfAbsent(transport(current, mailer), t -> new RelayAgent(relay, t)));
    }
    return mailer.has('l') && !name.equals("prog") && !name.startsWith("*")
        ? Optional.of(maildir)
        : Optional.empty();
  }

  /** {@code A=TCP $h PORT}, {@code A=FILE SOCKET}; with {@code F=z} LMTP is spoken there. */
  private static Transport transport(Configuration configuration, Mailer mailer) {
    boolean lmtp = mailer.has('z');
    if (mailer.argv().size() > 1 && mailer.argv().get(0).equals("FILE")) {
      return new Transport(0, Path.of(word(configuration, mailer.argv().get(1))), lmtp);
    }
    boolean given = mailer.argv().size() > 2;
    return new Transport(given ? port(word(configuration, mailer.argv().get(2))) : 0, null, lmtp);
  }

  private static String word(Configuration configuration, String text) {
    return Expander.expand(
        text, id -> configuration.program().macros().text(id), Expander.LINE, message -> {});
  }

  /** 0 for what is no port. */
  private static int port(String word) {
    try {
      int port = Integer.parseInt(word.strip());
      return port > 0 && port < 65_536 ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
