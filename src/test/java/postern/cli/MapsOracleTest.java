package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every class of maps that needs no network, with every flag, in address test mode: {@code
 * src/test/resources/maps}. The answers were recorded from sendmail, and where it is installed it
 * is asked again. Data bases there were made by its makemap.
 */
class MapsOracleTest {
  private static final Path RESOURCES = Path.of("src/test/resources/maps");
  private static final Path SENDMAIL = Path.of("/usr/sbin/sendmail");

  /** A host name with a dot and no name servers: otherwise sendmail waits. */
  private static final String ISOLATE =
      "hostname gw.example.test && mount --bind \"$1/hosts\" /etc/hosts"
          + " && mount --bind \"$1/nsswitch.conf\" /etc/nsswitch.conf && shift && exec \"$@\"";

  /** Not below a folder that is writable for everybody: sendmail would refuse the maps. */
  private static Path folder = Path.of("");

  @BeforeAll
  static void prepare() throws IOException {
    Path target = Files.createDirectories(Path.of("target", "maps").toAbsolutePath());
    folder = Files.createTempDirectory(target, "oracle-");
    for (Path file : list(RESOURCES)) {
      Files.copy(file, folder.resolve(file.getFileName()));
    }
    Files.writeString(folder.resolve("maps.cf"), here(read(folder.resolve("maps.cf.in"))));
    Files.writeString(folder.resolve("hosts"), "127.0.0.1 gw.example.test gw localhost\n");
    Files.writeString(folder.resolve("nsswitch.conf"), "passwd: files\nhosts: files\n");
  }

  private static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static String here(String text) {
    return text.replace("@DIR@", folder.toString());
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static String expected() throws IOException {
    return here(read(folder.resolve("maps.expected")));
  }

  @Test
  void answersAsSendmailDid() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        AddressTestCommand.run(
            List.of("-bt", "-C", "maps.cf", "-O", "MapTextFallback=false").stream()
                .map(word -> word.equals("maps.cf") ? folder.resolve(word).toString() : word)
                .toList(),
            new ByteArrayInputStream(Files.readAllBytes(folder.resolve("maps.cmds"))),
            out,
            new PrintStream(err, true, StandardCharsets.ISO_8859_1));
    assertEquals(
        expected(),
        // A long name of the configuration file is shown shortened.
        out.toString(StandardCharsets.ISO_8859_1)
            .replaceAll("(?m)^\\S*maps\\.cf: line", "maps.cf: line"));
    assertEquals("", err.toString(StandardCharsets.ISO_8859_1));
    assertEquals(70, status);
  }

  @Test
  void sendmailStillAnswersSo() throws Exception {
    assumeTrue(Files.isExecutable(SENDMAIL), "no " + SENDMAIL + " here");
    Path out = folder.resolve("out");
    List<String> isolated =
        List.of("unshare", "--mount", "--uts", "sh", "-c", ISOLATE, "sh", folder.toString());
    List<String> probe = new java.util.ArrayList<>(isolated);
    probe.add("true");
    assumeTrue(run(probe, Path.of("/dev/null"), out) == 0, "no name space of our own");
    List<String> command = new java.util.ArrayList<>(isolated);
    command.addAll(List.of(SENDMAIL.toString(), "-bt", "-C", "maps.cf"));
    assertEquals(70, run(command, folder.resolve("maps.cmds"), out));
    String said =
        read(out)
            .replaceAll("BDB\\d+ [^\n]*\n", "") // Berkeley DB's own talk
            .replaceAll("WARNING: World writable directory [^\n]*\n", "");
    assertEquals(expected(), said);
  }

  private static int run(List<String> command, Path in, Path out) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("no end: " + command);
      }
      return process.exitValue();
    } catch (IOException e) {
      return -1; // no such program
    }
  }
}
