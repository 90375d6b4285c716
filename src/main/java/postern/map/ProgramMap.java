package postern.map;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Class {@code program}: runs a program, never through a shell, with the key as its last argument;
 * the first line it prints is the value.
 */
final class ProgramMap implements LookupMap {
  private static final long SECONDS = 60;

  private final MapFlags flags;
  private final List<String> command;

  ProgramMap(MapFlags flags, List<String> command) {
    this.flags = flags;
    this.command = List.copyOf(command);
  }

  @Override
  public boolean mayBlock() {
    return true;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    List<String> line = new ArrayList<>(command);
    line.add(query.key().toString());
    try {
      Process process =
          new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String first;
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        first = out.readLine();
        while (out.skip(1 << 16) > 0) {
          // the rest is of no use, but the program must be able to write it
        }
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        answer.missing(Answer.TEMPORARY_FAILURE);
        return;
      }
      int status = process.exitValue();
      if (status != 0 || first == null) {
        answer.missing(status);
        return;
      }
      byte[] value = first.getBytes(StandardCharsets.ISO_8859_1);
      flags.format(value, 0, value.length, query, answer);
    } catch (IOException e) {
      answer.missing(Answer.CONFIGURATION); // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.missing(Answer.TEMPORARY_FAILURE);
    }
  }
}
