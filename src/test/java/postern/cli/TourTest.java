package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.bench.LogMaker;

/**
 * Runs every command of the tour in docs/prove-before-you-enforce.md, on made-up logs: a command
 * that stands there works, and ends as the page says.
 */
class TourTest {
  private static final Path PAGE = Path.of("docs", "prove-before-you-enforce.md");

  @TempDir Path folder;

  @Test
  void theTourWorks() throws Exception {
    logs();
    int commands = 0;
    for (String command : commands()) {
      run(command);
      commands++;
    }
    assertTrue(commands >= 14, "commands: " + commands);
    assertTrue(Files.readString(folder.resolve("proposals")).contains("TLS_Clt:"));
    assertTrue(Files.readString(folder.resolve("report.html")).contains("<svg"));
    assertTrue(Files.readString(folder.resolve("changes.json")).contains("\"newlyRefused\":"));
  }

  /** A week of mail in a rotated set. */
  private void logs() throws Exception {
    Path whole = folder.resolve("whole");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(whole))) {
      LogMaker maker = new LogMaker(LogMaker.Form.SENDMAIL, 7);
      maker.write(out, 6000);
      List<String> access = new ArrayList<>(maker.access());
      access.removeIf(line -> line.startsWith("TLS_"));
      Files.write(folder.resolve("access"), access);
    }
    List<String> lines = Files.readAllLines(whole, StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("mail.log.1"), lines.subList(0, 4000));
    Files.write(folder.resolve("mail.log"), lines.subList(4000, lines.size()));
    for (String name : List.of("mail.log.1", "mail.log")) {
      Files.setLastModifiedTime(
          folder.resolve(name), FileTime.from(Instant.parse("2026-11-23T00:00:00Z")));
    }
  }

  private static List<String> commands() throws Exception {
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

  private void run(String line) throws Exception {
    int comment = line.indexOf("    # exit code ");
    int expected = comment < 0 ? 0 : Integer.parseInt(line.substring(comment + 16).strip());
    String command = comment < 0 ? line : line.substring(0, comment);
    int to = command.lastIndexOf(" > ");
    boolean append = command.contains(" >> ");
    if (append) {
      to = command.lastIndexOf(" >> ");
    }
    String file = to < 0 ? "" : command.substring(to + (append ? 4 : 3)).strip();
    if (to >= 0) {
      command = command.substring(0, to);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int status = 0;
    if (command.startsWith("./postern ")) {
      List<String> words = new ArrayList<>(List.of(command.split(" +", -1)));
      words.remove(0);
      words.replaceAll(this::placed);
      PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
      List<String> rest = words.subList(1, words.size());
      status =
          switch (words.get(0)) {
            case "suggest" -> SuggestCommand.run(rest, out);
            case "replay" -> ReplayCommand.run(rest, out);
            case "check" -> CheckCommand.run(rest, out);
            case "explain" -> ExplainCommand.run(rest, out);
            default -> throw new AssertionError("a command that this test does not know: " + line);
          };
    } else if (command.startsWith("cp ")) {
      String[] words = command.split(" ", -1);
      Files.copy(
          folder.resolve(words[1]), folder.resolve(words[2]), StandardCopyOption.REPLACE_EXISTING);
    } else if (command.startsWith("cat ")) {
      bytes.writeBytes(Files.readAllBytes(folder.resolve(command.substring(4))));
    } else if (command.startsWith("echo ")) {
      bytes.writeBytes(
          (command.substring(6, command.length() - 1) + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      throw new AssertionError("what is " + line + "?");
    }
    assertEquals(expected, status, line + "\n" + bytes.toString(StandardCharsets.UTF_8));
    if (!file.isEmpty()) {
      Files.write(
          folder.resolve(file),
          bytes.toByteArray(),
          StandardOpenOption.CREATE,
          append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  /** File names of the page lie in the test's folder. */
  private String placed(String word) {
    if (word.startsWith("-M{AccessFile}")) {
      return "-M{AccessFile}" + folder.resolve(word.substring(14));
    }
    boolean file =
        List.of("mail.log", "mail.log.1", "access.new", "access.next", "report.html")
            .contains(word);
    return file ? folder.resolve(word).toString() : word;
  }
}
