package postern.rulesets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The installed sendmail in address test mode, one process a session. It runs in a name space of
 * its own, where the host is called {@code gw.example.test} and names are looked up in a file only.
 * On a host without a dotted name it would sleep for a minute at each start, and otherwise wait for
 * name servers.
 */
public final class InstalledSendmail {
  private static final String HOST = "gw.example.test";
  private static final Path PROGRAM = Path.of("/usr/sbin/sendmail");
  private static final int SECONDS = 60;
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

  /** What a session printed, one character a byte, and its exit status. */
  public record Session(String output, int status) {}

  private InstalledSendmail() {}

  /** Why sendmail cannot be asked on this machine, if so. */
  public static Optional<String> missing() {
    return Found.MISSING;
  }

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
        String first = run(List.of("-C", Setup.STOCK.toString()), "").output();
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

  /** The options that fix what the name service says, for sendmail and for us. */
  static Map<String, String> options() {
    try {
      return options(names());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> options(Path folder) {
    return Map.of(
        "ServiceSwitchFile",
        folder.resolve("service.switch").toString(),
        "HostsFile",
        folder.resolve("hosts").toString(),
        "DontProbeInterfaces",
        "true",
        "DontBlameSendmail",
        "MapInUnsafeDirPath,GroupWritableDirPathSafe");
  }

  /** Runs {@code sendmail -bt} with more {@code arguments} on {@code input}. */
  public static Session run(List<String> arguments, String input) {
    try {
      Path folder = names();
      Path in = Files.writeString(folder.resolve("in"), input, StandardCharsets.ISO_8859_1);
      Path out = folder.resolve("out");
      List<String> command = new ArrayList<>(Found.PREFIX);
      if (!command.isEmpty()) {
        command.add(folder.toString());
      }
      command.addAll(List.of(PROGRAM.toString(), "-bt"));
      options(folder).forEach((name, value) -> command.add("-O" + name + "=" + value));
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
      return new Session(WORLD_WRITABLE.matcher(output).replaceAll(""), process.exitValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
