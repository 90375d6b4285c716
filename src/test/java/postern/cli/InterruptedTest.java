package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Long work that somebody stops prints what was done so far, and says that it is not all. (SIGTERM
 * takes the way of SIGINT, which a process in the background may not get.)
 */
@EnabledOnOs(OS.LINUX)
class InterruptedTest {
  private static final Path REFUSED =
      Path.of("src", "test", "resources", "logs", "sendmail-14.log");
  private static final String ACCESS = "src/test/resources/logs/sendmail.access";

  @TempDir Path folder;

  private String out = "";

  /** Runs a command, stops it when it is at work, and takes its output. */
  private int stop(byte[] input, String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "postern.cli.Main"));
    command.addAll(List.of(words));
    Path to = folder.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(to.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
      in.flush();
      Thread.sleep(5000);
      assertTrue(process.isAlive(), () -> read(folder.resolve("err")));
      process.toHandle().destroy(); // leaves its pipes open
      assertTrue(process.waitFor(25, TimeUnit.SECONDS), "it does not end");
    } catch (java.io.IOException e) {
      // it has gone and left the pipe
    } finally {
      process.destroyForcibly();
    }
    out = read(to);
    return process.exitValue();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--json|\"stopped\":true",
        "--csv|incomplete,\"stopped early\"",
        "--zone=UTC|Stopped early: this is what was read until then."
      })
  void replayOfALogThatNeverEnds(String form, String mark) throws Exception {
    StringBuilder log = new StringBuilder();
    String once = Files.readString(REFUSED, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 40; i++) {
      log.append(once);
    }
    Path html = folder.resolve("report.html");
    int status =
        stop(
            log.toString().getBytes(StandardCharsets.ISO_8859_1),
            "replay",
            form,
            "--html",
            html.toString(),
            "--access",
            ACCESS,
            "-");
    assertTrue(out.contains(mark), out);
    assertTrue(read(html).contains("Stopped early."));
    assertEquals(143, status); // what the signal makes of it; 130 after Ctrl-C
  }

  @Test
  void diffSaysWhatItTried() throws Exception {
    stop(
        new byte[0],
        "diff",
        "--limit",
        "3000000",
        "--json",
        "--access",
        ACCESS,
        "--old-access",
        "rulesets/access");
    assertTrue(out.contains("\"complete\":false"), out);
  }
}
