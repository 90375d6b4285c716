package postern.rulesets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The installed sendmail, one process a session. It runs in a name space of its own, where the host
 * is called {@code gw.example.test} and names are looked up in a file only. On a host without a
 * dotted name it would sleep for a minute at each start, and otherwise wait for name servers.
 */
public final class SendmailOracle implements Oracle {
  private static final String HOST = "gw.example.test";
  private static final Path PROGRAM = Path.of("/usr/sbin/sendmail");
  private static final int SECONDS = 60;

  /**
   * Sent after each command, numbered. Sendmail answers that it knows no such command, which marks
   * the end of the output.
   */
  private static final String MARK = "/@@%06d";

  private static final Pattern MARK_ANSWER =
      Pattern.compile("> Unknown \"/\" command /@@[0-9]{6}\n");
  private static final Pattern WORLD_WRITABLE =
      Pattern.compile("WARNING: World writable directory [^\n]*\n");

  /** First argument: folder with the files that hide the system's. The others: what to run. */
  private static final String PREPARE =
      """
      hostname gw.example.test || exit 1
      mount --bind "$1/hosts" /etc/hosts || exit 1
      mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf || exit 1
      shift
      exec "$@"
      """;

  private static final class Found {
    static final List<String> PREFIX = new ArrayList<>();
    static final Optional<String> MISSING = look();

    private static Optional<String> look() {
      if (!Files.isExecutable(PROGRAM)) {
        return Optional.of("no " + PROGRAM + " here (Debian package sendmail-bin)");
      }
      List<List<String>> spaces =
          List.of(
              List.of("unshare", "--mount", "--uts"),
              List.of(
                  "unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "--uts"));
      for (List<String> space : spaces) {
        List<String> prepared = new ArrayList<>(space);
        prepared.addAll(List.of("sh", "-c", PREPARE, "sh"));
        if (works(prepared)) {
          PREFIX.addAll(prepared);
          break;
        }
      }
      if (PREFIX.isEmpty() && !ownNameHasDot()) {
        return Optional.of("no private name space for a host name, and our own has no dot");
      }
      try {
        String first = execute(List.of("-C", Setup.STOCK.toString()), "");
        return first.startsWith("ADDRESS TEST MODE")
            ? Optional.empty()
            : Optional.of(PROGRAM + " is not sendmail 8: " + first.lines().findFirst().orElse(""));
      } catch (UncheckedIOException e) {
        return Optional.of(PROGRAM + " does not run: " + e.getMessage());
      }
    }

    private static boolean works(List<String> prefix) {
      try {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(names().toString(), "true"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static boolean ownNameHasDot() {
      try {
        return InetAddress.getLocalHost().getHostName().contains(".");
      } catch (IOException e) {
        return false;
      }
    }
  }

  private final Setup setup;

  SendmailOracle(Setup setup) {
    this.setup = setup;
  }

  /** Why sendmail cannot be asked on this machine, if so. */
  public static Optional<String> missing() {
    return Found.MISSING;
  }

  @Override
  public List<String> run(List<String> commands) {
    List<String> arguments = new ArrayList<>(List.of("-C", setup.cf().toString()));
    setup.macros().forEach((name, value) -> arguments.add("-M{" + name + "}" + value));
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < commands.size(); i++) {
      input.append(commands.get(i)).append('\n').append(MARK.formatted(i)).append('\n');
    }
    String output = execute(arguments, input.toString());
    int banner = output.indexOf("> ");
    if (!output.startsWith("ADDRESS TEST MODE") || banner < 0) {
      throw new AssertionError("sendmail complains about " + setup.cf() + ":\n" + output);
    }
    List<String> answers = new ArrayList<>();
    for (String answer : MARK_ANSWER.split(output.substring(banner), -1)) {
      answers.add(answer.startsWith("> ") ? answer.substring(2) : answer);
    }
    if (answers.size() != commands.size() + 1) {
      throw new AssertionError(
          "sendmail answered %d of %d commands:%n%s"
              .formatted(answers.size() - 1, commands.size(), output));
    }
    return List.copyOf(answers.subList(0, commands.size()));
  }

  /** A folder with the name service of the session. */
  private static Path names() throws IOException {
    Path folder = Scratch.folder("sendmail");
    Files.writeString(folder.resolve("service.switch"), "hosts files\naliases files\n");
    Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 " + HOST + " gw\n");
    Files.writeString(
        folder.resolve("nsswitch.conf"),
        "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n");
    return folder;
  }

  /** What sendmail's address test mode says to {@code input} with the configuration {@code cf}. */
  public static String addressTest(Path cf, String input) {
    return execute(List.of("-C", cf.toString()), input);
  }

  private static String execute(List<String> arguments, String input) {
    try {
      Path folder = names();
      Path in = Files.writeString(folder.resolve("in"), input, StandardCharsets.ISO_8859_1);
      Path out = folder.resolve("out");
      List<String> command = new ArrayList<>(Found.PREFIX);
      if (!command.isEmpty()) {
        command.add(folder.toString());
      }
      command.addAll(List.of(PROGRAM.toString(), "-bt"));
      command.add("-OServiceSwitchFile=" + folder.resolve("service.switch"));
      command.add("-OHostsFile=" + folder.resolve("hosts"));
      command.add("-ODontProbeInterfaces=true");
      command.add("-ODontBlameSendmail=MapInUnsafeDirPath,GroupWritableDirPathSafe");
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("TZ", "UTC");
      // Files, not pipes: sendmail may print more than a pipe holds before it reads on.
      Process process = builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("sendmail did not finish within " + SECONDS + " s: " + command);
      }
      String output = Files.readString(out, StandardCharsets.ISO_8859_1);
      return WORLD_WRITABLE.matcher(output).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
