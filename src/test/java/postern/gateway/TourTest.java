package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.bench.LogMaker;

/**
 * Runs every command of the tour in docs/prove-before-you-enforce.md in a shell, one after the
 * other, on made-up logs: a command that stands there works, and ends as the page says. In the
 * shell's folder {@code ./postern} is the program under test, and {@code journalctl} prints a
 * made-up journal.
 */
class TourTest {
  private static final Path PAGE = Path.of("docs", "prove-before-you-enforce.md");
  private static final String SERVE = "./postern serve ";
  private static final Pattern LINE =
      Pattern.compile("(\\w{3} [ \\d]\\d [\\d:]{8}) (\\S+) ([^\\[:]+)\\[(\\d+)]: (.*)");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy MMM ppd HH:mm:ss", Locale.ENGLISH);

  @TempDir Path folder;

  @Test
  void theTourWorks() throws Exception {
    program();
    journal();
    logs();
    List<String> all = commands();
    for (String command : all) {
      if (command.startsWith(SERVE)) {
        serve(command);
      } else {
        run(command);
      }
    }
    assertTrue(all.size() >= 20, "commands: " + all.size());
    for (String line : Files.readAllLines(PAGE)) {
      if (line.matches(" {4}(# \\d+ sessions|TLS_).*")) { // an excerpt
        assertTrue(text("proposals").contains(line.strip() + "\n"), line);
      }
    }
    assertTrue(text("proposals-postfix").contains("TLS_Clt:"));
    assertTrue(text("report.html").contains("<svg"));
    assertTrue(text("why.html").contains("TLS_connection"));
    assertTrue(text("casualties.csv").startsWith("what,"));
    assertTrue(text("changes.json").contains("\"newlyRefused\":"));
    String last = text("out");
    assertTrue(last.contains("2 sessions") && last.contains(" 2  the same as before"), last);
  }

  /** What is shown as a command is one of those that are run. */
  @Test
  void noCommandIsJustShown() throws Exception {
    boolean fenced = false;
    List<String> shown = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("```")) {
        assertTrue(fenced || line.equals("```sh"), line);
        fenced = !fenced;
      } else if (!fenced
          && line.matches(".*\\./postern (?!check`).*|    (journalctl|grep|cat) .*")) {
        shown.add(line);
      }
    }
    assertEquals(List.of(), shown);
  }

  /** {@code ./postern}, which finds nothing but what is in the folder. */
  private void program() throws IOException {
    StringBuilder script = new StringBuilder("#!/bin/sh\nexec");
    for (String word : Program.get().command(folder.resolve("var"), List.of())) {
      script.append(" '").append(word).append('\'');
    }
    executable("postern", script.append(" \"$@\"\n").toString());
    Path stock = Path.of("rulesets", "postern.cf");
    Files.createDirectory(folder.resolve("rulesets"));
    Files.copy(stock, folder.resolve(stock));
  }

  private void executable(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, script);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** A week of mail of a sendmail, in a rotated set. */
  private void logs() throws IOException {
    List<String> access = new ArrayList<>();
    List<String> lines = made(LogMaker.Form.SENDMAIL, access);
    access.removeIf(line -> line.startsWith("TLS_"));
    Files.write(folder.resolve("access"), access);
    Files.write(folder.resolve("mail.log.1"), lines.subList(0, 4000));
    Files.write(folder.resolve("mail.log"), lines.subList(4000, lines.size()));
    for (String name : List.of("mail.log.1", "mail.log")) {
      Files.setLastModifiedTime(
          folder.resolve(name), FileTime.from(Instant.parse("2026-11-23T00:00:00Z")));
    }
  }

  private List<String> made(LogMaker.Form form, List<String> access) throws IOException {
    Path whole = folder.resolve("whole");
    LogMaker maker = new LogMaker(form, 7);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(whole))) {
      maker.write(out, 6000);
    }
    access.addAll(maker.access());
    return Files.readAllLines(whole, StandardCharsets.ISO_8859_1);
  }

  /** The journal of a Postfix, as {@code journalctl} prints it in both forms. */
  private void journal() throws IOException {
    StringBuilder json = new StringBuilder();
    StringBuilder export = new StringBuilder();
    for (String line : made(LogMaker.Form.POSTFIX, new ArrayList<>())) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        continue; // a line of another program
      }
      Instant time = LocalDateTime.parse("2026 " + parts.group(1), STAMP).toInstant(ZoneOffset.UTC);
      String[] fields = {
        "__REALTIME_TIMESTAMP", time.getEpochSecond() + "000000",
        "_HOSTNAME", parts.group(2),
        "SYSLOG_IDENTIFIER", parts.group(3),
        "SYSLOG_PID", parts.group(4),
        "MESSAGE", parts.group(5)
      };
      for (int i = 0; i < fields.length; i += 2) {
        String value = fields[i + 1].replace("\\", "\\\\").replace("\"", "\\\"");
        json.append(i == 0 ? "{" : ",").append('"').append(fields[i]).append("\":\"");
        json.append(value).append('"');
        export.append(fields[i]).append('=').append(fields[i + 1]).append('\n');
      }
      json.append("}\n");
      export.append('\n');
    }
    assertFalse(json.isEmpty());
    Files.writeString(folder.resolve("journal.json"), json);
    Files.writeString(folder.resolve("journal.export"), export);
    executable(
        "bin/journalctl",
        """
        #!/bin/sh
        [ "$1 $3 $4" = "-o -u postfix" ] || exit 1
        exec cat "journal.$2"
        """);
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    boolean fenced = false;
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("```")) {
        fenced = line.equals("```sh");
      } else if (fenced) {
        commands.add(line);
      }
    }
    return commands;
  }

  /** Runs a line to its end; what it prints is in the file {@code out}. */
  private void run(String line) throws Exception {
    int comment = line.indexOf("    # exit code ");
    int expected = comment < 0 ? 0 : Integer.parseInt(line.substring(comment + 16).strip());
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(folder.toFile());
    builder.environment().merge("PATH", "bin", (path, bin) -> bin + File.pathSeparator + path);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still runs: " + line);
    }
    assertEquals(expected, process.exitValue(), line + "\n" + text("out"));
  }

  /** Runs the server, on a port of its own, for a client that it takes and one that it does not. */
  private void serve(String line) throws Exception {
    String command =
        "cd '" + folder + "' && exec " + line + " -O DaemonPortOptions=Port=0,Addr=127.0.0.1";
    try (Served server = Served.start(List.of("sh", "-c", command), folder, Map.of())) {
      try (Talk talk = Talk.to(server.port())) {
        talk.expect("250", "EHLO mx0.client0.example");
        talk.startTls(Talk.anyServer());
        talk.expect("250", "EHLO mx0.client0.example");
        talk.expect("250", "MAIL FROM:<a@firm.example>");
        talk.expect("250", "RCPT TO:<local0-3@gw.example.test>");
        talk.expect("221", "QUIT");
      }
      try (Talk talk = Talk.to(server.port())) {
        talk.expect("250", "EHLO mx1.client0.example");
        talk.expect("550", "MAIL FROM:<a@spam10.example>");
        talk.expect("221", "QUIT");
      }
      server.terminate(30, TimeUnit.SECONDS);
    }
  }

  private String text(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
