package postern.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import postern.cf.Configuration;
import postern.cf.Mailer;
import postern.cf.Options;
import postern.queue.Delivery;
import postern.queue.DeliveryAgent;
import postern.queue.FileAgent;
import postern.queue.MailboxForm;
import postern.queue.Outcome;
import postern.queue.ProgramAgent;
import postern.smtp.Envelope;
import postern.smtp.client.EightBit;
import postern.smtp.client.RelayClient;
import postern.smtp.client.RelaySettings;
import postern.smtp.client.Transport;
import postern.text.Expander;

/**
 * Who delivers for a mailer: the relay for {@code P=[IPC]}, the Maildir for local ones, unless
 * {@code LocalDelivery=mailer} says that the program is meant; for others the program or the file
 * that {@code P=} and {@code A=} name; with {@code F=z} the program speaks LMTP. The mailers of
 * aliases ({@code prog}, {@code *file*}) deliver nothing: an address must not choose a program.
 */
final class Agents implements Function<String, Optional<DeliveryAgent>> {
  private static final Duration LONGEST_RUN = Duration.ofHours(1);
  private static final DeliveryAgent FORBIDDEN =
      delivery ->
          all(delivery, Outcome.Permanent.local("5.7.1", "Cannot mail directly to programs"));

  private final Supplier<Configuration> configuration;
  private final RelayClient relay;
  private final RelaySettings settings;
  private final DeliveryAgent maildir;
  private final Executor programs;
  private volatile Known known;

  /** The agents of one configuration; another one may mean another thing by the same mailer. */
  private record Known(Configuration configuration, Map<Mailer, DeliveryAgent> agents) {}

  /**
   * @param settings the relay's; LMTP programs hear our name and have its time limits, too
   * @param programs where programs and files are waited for
   */
  Agents(
      Supplier<Configuration> configuration,
      RelayClient relay,
      RelaySettings settings,
      DeliveryAgent maildir,
      Executor programs) {
    this.configuration = configuration;
    this.relay = relay;
    this.settings = settings;
    this.maildir = maildir;
    this.programs = programs;
    this.known = new Known(configuration.get(), new ConcurrentHashMap<>());
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a reload makes a new object; comparing all of it is dear
  public Optional<DeliveryAgent> apply(String name) {
    Configuration current = configuration.get();
    Known now = known;
    if (now.configuration != current) {
      now = new Known(current, new ConcurrentHashMap<>());
      known = now;
    }
    Mailer mailer = current.mailer(name);
    return mailer == null
        ? Optional.empty()
        : Optional.of(now.agents.computeIfAbsent(mailer, m -> limited(m, agent(current, m))));
  }

  private DeliveryAgent agent(Configuration current, Mailer mailer) {
    String name = mailer.name().toLowerCase(Locale.ROOT);
    if (mailer.path().equals("[IPC]")) {
      return new RelayAgent(relay, transport(current, mailer));
    }
    if (name.equals("prog") || name.startsWith("*")) {
      return FORBIDDEN;
    }
    boolean maildirs = !current.options().string("LocalDelivery").equalsIgnoreCase("mailer");
    if (mailer.has('l') && maildirs) {
      return maildir;
    }
    if (mailer.has('z') && mailer.path().equals("[FILE]")) {
      String what = "Deferred: mailer " + name + ": LMTP needs P=[IPC] or a program";
      return delivery -> all(delivery, Outcome.Temporary.local("4.3.5", what));
    }
    if (mailer.path().equals("[FILE]")) {
      return new FileAgent(
          name,
          recipient -> word(current, second(mailer), "", List.of(recipient)),
          current.options().string("SafeFileEnvironment"),
          form(mailer, true),
          programs);
    }
    ProgramAgent.Settings program =
        new ProgramAgent.Settings(
            name,
            Path.of(mailer.path()),
            (envelope, recipients) -> words(current, mailer, envelope, recipients),
            user(current.options(), mailer),
            mailer.has('m'),
            form(mailer, false),
            LONGEST_RUN);
    return mailer.has('z')
        ? new LmtpProgramAgent(
            program, eightBit(current, mailer), settings.heloName(), settings.timeouts(), programs)
        : new ProgramAgent(program, programs);
  }

  /** {@code M=}: larger messages are refused here. */
  private static DeliveryAgent limited(Mailer mailer, DeliveryAgent agent) {
    long most = mailer.maxMessageSize();
    if (most <= 0) {
      return agent;
    }
    return delivery ->
        delivery.size() <= most
            ? agent.deliver(delivery)
            : all(
                delivery,
                Outcome.Permanent.local("5.2.3", "Message is too large; " + most + " bytes max"));
  }

  private static CompletableFuture<List<Outcome>> all(Delivery delivery, Outcome outcome) {
    int n = delivery.envelope().recipients().size();
    return CompletableFuture.completedFuture(java.util.Collections.nCopies(n, outcome));
  }

  private static MailboxForm form(Mailer mailer, boolean file) {
    return new MailboxForm(
        !mailer.has('n'), mailer.has('P'), mailer.has('E'), mailer.eol().contains("\r"), file);
  }

  /** {@code U=}, else {@code DefaultUser}; nobody else's with {@code F=S}. */
  private static String user(Options options, Mailer mailer) {
    if (!mailer.user().isEmpty()) {
      return mailer.user();
    }
    return mailer.has('S') ? "" : options.string("DefaultUser", "1:1").replace('.', ':');
  }

  private static String second(Mailer mailer) {
    return mailer.argv().size() > 1 ? mailer.argv().get(1) : "";
  }

  /**
   * The words of {@code A=}. With {@code F=m} a word with {@code $u} stands once for each
   * recipient; {@code F=f} and {@code F=r} put the sender in front, as {@code -f} and {@code -r}.
   */
  private static List<String> words(
      Configuration current,
      Mailer mailer,
      Envelope envelope,
      List<Envelope.Recipient> recipients) {
    List<String> words = new ArrayList<>();
    for (String template : mailer.argv()) {
      String once = word(current, template, envelope.sender(), recipients.subList(0, 1));
      words.add(once);
      if (words.size() == 1 && (mailer.has('f') || mailer.has('r'))) {
        words.add(mailer.has('f') ? "-f" : "-r");
        words.add(envelope.sender().isEmpty() ? "MAILER-DAEMON" : envelope.sender());
      }
      for (Envelope.Recipient other : recipients.subList(1, recipients.size())) {
        String again = word(current, template, envelope.sender(), List.of(other));
        if (!again.equals(once)) {
          words.add(again);
        }
      }
    }
    return words;
  }

  private static String word(
      Configuration current, String template, String sender, List<Envelope.Recipient> to) {
    return Expander.expand(
        template,
        id ->
            switch (id) {
              case 'u' -> to.isEmpty() ? "" : to.get(0).route().user();
              case 'h' -> to.isEmpty() ? "" : to.get(0).route().host();
              case 'f', 'g' -> sender;
              default -> current.program().macros().text(id);
            },
        Expander.LINE,
        message -> {});
  }

  /** {@code A=TCP $h PORT}, {@code A=FILE SOCKET}; with {@code F=z} LMTP is spoken there. */
  private static Transport transport(Configuration configuration, Mailer mailer) {
    boolean lmtp = mailer.has('z');
    EightBit eightBit = eightBit(configuration, mailer);
    if (mailer.argv().size() > 1 && mailer.argv().get(0).equals("FILE")) {
      return new Transport(
          0, Path.of(word(configuration, second(mailer), "", List.of())), lmtp, eightBit);
    }
    boolean given = mailer.argv().size() > 2;
    String port = given ? word(configuration, mailer.argv().get(2), "", List.of()) : "";
    return new Transport(port(port), null, lmtp, eightBit);
  }

  /** What {@code F=8} and {@code EightBitMode} say. */
  private static EightBit eightBit(Configuration configuration, Mailer mailer) {
    if (mailer.has('8')) {
      return EightBit.AS_IS;
    }
    return configuration.options().string("EightBitMode", "p").startsWith("p")
        ? EightBit.PASS
        : EightBit.CONVERT;
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
