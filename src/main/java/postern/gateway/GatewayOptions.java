package postern.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.cf.Options;
import postern.queue.Order;
import postern.queue.ScheduleSettings;
import postern.queue.TimeLimits;
import postern.smtp.client.RelaySettings;
import postern.smtp.client.RelayTimeouts;
import postern.smtp.server.Listener;
import postern.smtp.server.Networks;
import postern.smtp.server.ServerSettings;
import postern.smtp.server.ServerSettings.Privacy;

/** Reads the settings of each room out of a configuration's options, with sendmail's defaults. */
final class GatewayOptions {
  private static final int CONFIGURATION = 78;
  private static final int SMTP_PORT = 25;
  private static final long MAX_WAIT = Duration.ofDays(7).toMillis();

  private final Configuration configuration;
  private final Options options;

  GatewayOptions(Configuration configuration) {
    this.configuration = configuration;
    options = configuration.options();
  }

  /** {@code $j}. */
  String hostName() {
    String j = configuration.program().macros().text('j');
    return j == null || j.isEmpty() ? "localhost" : j;
  }

  ServerSettings server() throws StartupException {
    ServerSettings.Limits limits =
        new ServerSettings.Limits(
            options.size("MaxMessageSize", 0),
            options.number("MaxRecipientsPerMessage", 0),
            options.number("BadRcptThrottle", 0),
            options.number("BadRcptShutdown", 0),
            options.number("BadRcptShutdownGood", 0),
            options.number("MaxDaemonChildren", 0),
            options.number("MaxConnectionsPerClient", 0),
            options.number("ConnectionRateThrottle", 0),
            (int) options.time("ConnectionRateWindowSize", Duration.ofSeconds(60)).toSeconds(),
            options.number("MaxHopCount", 25),
            options.number("MaxHeadersLength", 32768),
            options.number("MaxNOOPCommands", 20),
            25);
    ServerSettings.Timeouts timeouts =
        new ServerSettings.Timeouts(
            millis("Timeout.command"),
            millis("Timeout.datablock"),
            millis("Timeout.starttls"),
            new ServerSettings.Trickle(
                options.number("MinDataRate", ServerSettings.Trickle.DEFAULT.perSecond()),
                ServerSettings.Trickle.DEFAULT.grace()));
    ServerSettings d = ServerSettings.defaults(hostName());
    return new ServerSettings(
        hostName(),
        limits,
        timeouts,
        privacy(),
        options.bool("RejectNUL", false),
        options.bool("AllowBogusHELO", false),
        options.bool("RequireTLS", false),
        options.bool("SoftBounce", false),
        new ServerSettings.Offers(
            true,
            options.bool("SmtpUTF8", false),
            true,
            options.isSet("DeliverByMin")
                ? (int) options.time("DeliverByMin", Duration.ZERO).toSeconds()
                : -1,
            networks("XClientNetworks", Networks.NONE)),
        d.help());
  }

  private long millis(String name) {
    long millis = options.time(name, Duration.ofHours(1)).toMillis();
    return millis <= 0 ? MAX_WAIT : Math.min(millis, MAX_WAIT);
  }

  private Set<Privacy> privacy() {
    Set<Privacy> flags = EnumSet.noneOf(Privacy.class);
    for (String word : options.words("PrivacyOptions")) {
      if (word.equals("goaway")) {
        flags.addAll(Privacy.GOAWAY);
      }
      for (Privacy flag : Privacy.values()) {
        if (flag.name().toLowerCase(Locale.ROOT).equals(word)) {
          flags.add(flag);
        }
      }
    }
    return flags;
  }

  /**
   * The listeners of {@code DaemonPortOptions}.
   *
   * @param fallback where to listen when the configuration does not say
   */
  List<Listener> listeners(InetSocketAddress fallback) throws StartupException {
    List<Listener> listeners = new ArrayList<>();
    Networks proxies = networks("ProxyNetworks", Networks.LOOPBACK);
    for (String line : options.list("DaemonPortOptions")) {
      listeners.add(listener(line, listeners.size(), fallback).behind(proxies));
    }
    if (listeners.isEmpty()) {
      listeners.add(Listener.on("MTA", fallback, ""));
    }
    return listeners;
  }

  private Networks networks(String option, Networks otherwise) throws StartupException {
    List<String> given = options.words(option);
    try {
      return given.isEmpty() ? otherwise : Networks.of(given);
    } catch (IllegalArgumentException e) {
      throw new StartupException(CONFIGURATION, option + ": " + e.getMessage());
    }
  }

  private static Listener listener(String line, int index, InetSocketAddress fallback)
      throws StartupException {
    String name = "Daemon" + index;
    String address = "";
    String family = "inet";
    int port = SMTP_PORT;
    boolean portGiven = false;
    String modifiers = "";
    int backlog = 0;
    int send = 0;
    int receive = 0;
    int children = 0;
    int delay = 0;
    int queue = 0;
    int refuse = 0;
    String mode = "";
    for (String part : line.split(",", -1)) {
      String item = part.strip();
      if (item.isEmpty()) {
        continue;
      }
      int equals = item.indexOf('=');
      String value = equals < 0 ? "" : item.substring(equals + 1).strip();
      switch (item.charAt(0)) {
        case 'A', 'a' -> address = value;
        case 'F', 'f' -> family = value;
        case 'P', 'p' -> {
          port = port(value, line);
          portGiven = true;
        }
        case 'N', 'n' -> name = value;
        case 'L', 'l' -> backlog = count(value, line);
        case 'M', 'm' -> modifiers = value;
        case 'S', 's' -> send = count(value, line);
        case 'R' -> receive = count(value, line);
        case 'c' -> children = count(value, line);
        case 'd' -> delay = count(value, line);
        case 'q' -> queue = count(value, line);
        case 'r' -> refuse = count(value, line);
        case 'D' -> mode = mode(value, line);
        case 'I' -> {
          // mail filters have no part here; sendmail takes a name that it does not know, too
        }
        default ->
            throw new StartupException(
                CONFIGURATION, "DaemonPortOptions: unknown key in \"" + item + "\"");
      }
    }
    boolean somewhere = portGiven || !address.isEmpty();
    Listener base =
        Listener.on(name, somewhere ? resolve(address, family, port, line) : fallback, modifiers);
    return new Listener(
        base.name(),
        base.address(),
        base.modifiers(),
        backlog > 0 ? backlog : base.backlog(),
        send,
        receive,
        children,
        new Listener.Load(delay, queue, refuse),
        mode,
        base.proxies());
  }

  private static String mode(String value, String line) throws StartupException {
    if (value.isEmpty() || "ibqd".indexOf(value.charAt(0)) < 0) {
      throw new StartupException(
          CONFIGURATION, "DaemonPortOptions=" + line + ": DeliveryMode is i, b, q or d");
    }
    return value.substring(0, 1);
  }

  private static InetSocketAddress resolve(String address, String family, int port, String line)
      throws StartupException {
    try {
      if (address.isEmpty()) {
        return new InetSocketAddress(
            InetAddress.getByName(family.equalsIgnoreCase("inet6") ? "::" : "0.0.0.0"), port);
      }
      String bare = address.startsWith("IPv6:") ? address.substring(5) : address;
      return new InetSocketAddress(InetAddress.getByName(bare), port);
    } catch (UnknownHostException e) {
      throw new StartupException(
          CONFIGURATION, "DaemonPortOptions=" + line + ": no address for " + address);
    }
  }

  private static int port(String text, String line) throws StartupException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "smtp" -> 25;
      case "smtps", "submissions" -> 465;
      case "submission" -> 587;
      default -> {
        int port = count(text, line);
        if (port > 65_535) {
          throw new StartupException(CONFIGURATION, "DaemonPortOptions=" + line + ": port " + text);
        }
        yield port;
      }
    };
  }

  private static int count(String text, String line) throws StartupException {
    try {
      int n = Integer.parseInt(text);
      if (n >= 0) {
        return n;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new StartupException(
        CONFIGURATION, "DaemonPortOptions=" + line + ": \"" + text + "\" is not a number");
  }

  /** Opens {@code MetricsPort}, if it is set. */
  @Nullable StatusPort metrics(Supplier<Status> status) throws IOException {
    if (!options.isSet("MetricsPort")) {
      return null;
    }
    int port = options.number("MetricsPort", 0);
    if (port < 0 || port > 65_535) {
      throw new IOException(port + " is no port");
    }
    return StatusPort.open(port, status);
  }

  ScheduleSettings schedule(Duration runInterval) throws StartupException {
    ScheduleSettings d = ScheduleSettings.DEFAULT;
    return new ScheduleSettings(
        runInterval.isZero() ? d.runInterval() : runInterval,
        options.time("MinQueueAge", d.minAge()),
        options.time("MaxQueueAge", d.maxAge()),
        limits("Timeout.queuereturn", d.queueReturn().normal()),
        limits("Timeout.queuewarn", d.queueWarn().normal()),
        d.perDestination(),
        d.total(),
        d.inMemory(),
        d.recipientsPerDelivery(),
        order());
  }

  private TimeLimits limits(String name, Duration otherwise) {
    Duration all = options.time(name, otherwise);
    Duration normal = options.time(name + ".normal", all);
    return new TimeLimits(
        normal,
        options.time(name + ".urgent", all),
        options.time(name + ".non-urgent", all),
        options.time(name + ".dsn", all));
  }

  /** {@code QueueSortOrder} and the factors of {@code pri=}. */
  Order order() throws StartupException {
    Order d = Order.DEFAULT;
    try {
      return new Order(
          Order.by(options.string("QueueSortOrder")),
          options.number("RecipientFactor", (int) d.recipientFactor()),
          options.number("ClassFactor", (int) d.classFactor()),
          options.number("RetryFactor", (int) d.retryFactor()));
    } catch (IllegalArgumentException e) {
      throw new StartupException(CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }

  RelaySettings relay() throws StartupException {
    RelayTimeouts d = RelayTimeouts.DEFAULT;
    RelayTimeouts timeouts =
        new RelayTimeouts(
            options.time("Timeout.connect", d.connect()),
            options.time("Timeout.aconnect", d.allConnect()),
            options.time("Timeout.iconnect", d.firstConnect()),
            options.time("Timeout.initial", d.initial()),
            options.time("Timeout.helo", d.helo()),
            options.time("Timeout.mail", d.mail()),
            options.time("Timeout.rcpt", d.rcpt()),
            options.time("Timeout.datainit", d.dataInit()),
            options.time("Timeout.datablock", d.dataBlock()),
            options.time("Timeout.datafinal", d.dataFinal()),
            options.time("Timeout.rset", d.rset()),
            options.time("Timeout.quit", d.quit()),
            options.time("Timeout.starttls", d.startTls()),
            options.time("Timeout.auth", d.auth()),
            options.time("Timeout.lhlo", d.lhlo()));
    RelaySettings base = RelaySettings.of(options.string("HeloName", hostName()));
    ClientPorts local = ClientPorts.of(options.list("ClientPortOptions"));
    Set<String> own = new HashSet<>();
    own.add(hostName().toLowerCase(Locale.ROOT));
    configuration.program().classes().list('w').forEach(w -> own.add(w.toLowerCase(Locale.ROOT)));
    return new RelaySettings(
        base.heloName(),
        own,
        base.port(),
        timeouts,
        options.bool("TLSFallbacktoClear", false),
        kept(base.idlePerDestination()),
        kept(base.idleTotal()),
        options.time("ConnectionCacheTimeout", base.idleTime()),
        base.mostHosts(),
        options.string("FallbackMXhost"),
        options.string("FallbackSmartHost"),
        local.inet(),
        local.inet6());
  }

  /**
   * {@code ConnectionCacheSize} counts for each of sendmail's many processes; we are one. So zero
   * keeps no connection, and any other number may raise what is kept, not lower it.
   */
  private int kept(int usual) {
    int size = options.number("ConnectionCacheSize", usual);
    return size <= 0 ? 0 : Math.max(size, usual);
  }
}
