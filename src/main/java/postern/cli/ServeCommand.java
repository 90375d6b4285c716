package postern.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.gateway.Gateway;
import postern.gateway.PolicyMaker;
import postern.gateway.StartupException;
import postern.offline.session.RecordingPolicy;
import postern.offline.session.SessionLog;
import postern.policy.CompiledPolicy;
import postern.source.Diagnostic;

/** {@code postern serve}: the gateway in the foreground, until SIGTERM or Ctrl-C. */
final class ServeCommand {
  private static final int DEMO_PORT = 2525;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ServeCommand() {}

  static int run(List<String> arguments) throws UsageException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    List<String> rest = new ArrayList<>(switches.rest());
    boolean checkOnly = rest.remove("--check-only");
    Flags flags = new Flags("serve", rest);
    if (flags.has("help")) {
      System.out.print(Help.SERVE);
      return ExitStatus.OK;
    }
    String jsonLog = flags.value("json-log");
    if (!flags.operands().isEmpty()) {
      throw new UsageException("serve: what is " + flags.operands().get(0) + "?");
    }
    try {
      return serve(switches, checkOnly, jsonLog);
    } catch (StartupException e) {
      e.problems().forEach(problem -> System.err.println("postern: " + problem));
      return e.exitCode();
    }
  }

  /** What makes policies: one that records sessions, if a file for them was named. */
  private static PolicyMaker policies(@Nullable SessionLog log) {
    return log == null
        ? CompiledPolicy::new
        : (configuration, users) ->
            new RecordingPolicy(configuration, users, Clock.systemUTC(), log::add);
  }

  private static @Nullable SessionLog open(@Nullable String file) throws StartupException {
    try {
      return file == null ? null : new SessionLog(Path.of(file));
    } catch (IOException e) {
      throw new StartupException(ExitStatus.OS_ERROR, "--json-log " + file + ": " + e);
    }
  }

  private static int serve(SendmailSwitches switches, boolean checkOnly, @Nullable String jsonLog)
      throws StartupException, UsageException {
    Gateway.warmUp();
    boolean stock = switches.file().isEmpty();
    Path data = Home.data();
    Demo demo = stock ? Demo.begin(switches, data) : Demo.none();
    List<Compiler.Setting> macros =
        List.of(new Compiler.Setting("v", "Postern " + Version.TEXT, false));
    Configuration configuration = switches.compile(demo.options(), macros);
    // On the loopback interface a name without a domain harms nobody.
    Set<Diagnostic.Code> ignored =
        stock
            ? EnumSet.of(Diagnostic.Code.UNQUALIFIED_HOST)
            : EnumSet.noneOf(Diagnostic.Code.class);
    if (CheckCommand.print(configuration, System.err, ignored) > 0) {
      demo.settle();
      return CheckCommand.failure(configuration);
    }
    demo.await();
    String queue = configuration.options().string("QueueDirectory");
    SessionLog sessions = open(jsonLog);
    Gateway.Settings settings =
        new Gateway.Settings(
            configuration,
            data,
            queue.isEmpty() ? data.resolve("spool") : Path.of(queue),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), DEMO_PORT),
            interval(switches.queueInterval()),
            () -> again(switches, demo, macros),
            policies(sessions));
    Gateway gateway = Gateway.start(settings);
    // From now on a hang-up does not end the server any more: it reads its files again.
    Hangup.handle(() -> gateway.reload("SIGHUP"));
    CountDownLatch stopped = new CountDownLatch(1);
    // The only way to end with status 0 on SIGTERM: stop in the hook, then halt.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  gateway.stop(PATIENCE);
                  close(sessions);
                  stopped.countDown();
                  Runtime.getRuntime().halt(ExitStatus.OK);
                },
                "stop"));
    for (InetSocketAddress address : gateway.addresses()) {
      System.out.println("listening on " + Demo.shown(address));
    }
    if (!gateway.offersTls()) {
      System.out.println("STARTTLS is not offered to clients; the lines above say why");
    }
    if (stock) {
      System.out.print(demo.hints(gateway, data, access(switches)));
    }
    System.out.flush();
    if (checkOnly) {
      return ExitStatus.OK;
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitStatus.OK;
  }

  private static void close(@Nullable SessionLog log) {
    try {
      if (log != null) {
        log.close();
      }
    } catch (IOException e) {
      System.err.println("postern: session log: " + e.getMessage());
    }
  }

  private static Configuration again(
      SendmailSwitches switches, Demo demo, List<Compiler.Setting> macros) {
    try {
      return switches.compile(demo.options(), macros);
    } catch (UsageException e) {
      throw new IllegalStateException(e); // it was good when the server was started
    }
  }

  private static String access(SendmailSwitches switches) {
    String access = Home.access().toString();
    for (Compiler.Setting macro : switches.macros()) {
      access = macro.name().equals("{AccessFile}") ? macro.value() : access;
    }
    return access;
  }

  private static Duration interval(String text) throws UsageException {
    if (text.isEmpty() || text.equals("0")) {
      return Duration.ZERO;
    }
    long seconds = 0;
    long number = 0;
    boolean digits = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        number = number * 10 + c - '0';
        digits = true;
        continue;
      }
      long unit =
          switch (c) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3600;
            case 'd' -> 86_400;
            case 'w' -> 604_800;
            default -> 0;
          };
      if (unit == 0 || !digits) {
        throw new UsageException("-q" + text + " is not a time such as -q30m");
      }
      seconds += number * unit;
      number = 0;
      digits = false;
    }
    return Duration.ofSeconds(seconds + number * 60);
  }
}
