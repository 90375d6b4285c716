package postern.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gateway that runs in a Java VM of its own. */
final class Served implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("^listening on 127\\.0\\.0\\.1:(\\d+)$", Pattern.MULTILINE);

  /** Patience for a start or an orderly end; a busy machine needs more. */
  static final long START_SECONDS = Long.getLong("postern.start.seconds", 90);

  private final Process process;
  private final Path out;
  private final Path err;
  private int port;

  private Served(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a process left behind. */
  record Ended(int status, String out, String err) {}

  /**
   * {@code postern serve} on a free port of the loopback interface, ready to be talked to.
   *
   * @param folder for its data ({@code var}) and its words
   * @param arguments behind {@code serve}
   */
  static Served start(Path folder, String... arguments) {
    Served served = launch(folder, arguments);
    served.awaitListening();
    return served;
  }

  /** The same without waiting until it listens. */
  static Served launch(Path folder, String... arguments) {
    List<String> all = new ArrayList<>(List.of("serve"));
    all.addAll(List.of(arguments));
    if (all.stream().noneMatch(a -> a.contains("DaemonPortOptions"))) {
      all.addAll(List.of("-O", "DaemonPortOptions=Port=0,Addr=127.0.0.1"));
    }
    try {
      return launch(Program.get().command(folder.resolve("var"), all), folder, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any command of the program's, until its end. */
  static Ended run(Path folder, Map<String, String> environment, String... arguments) {
    try (Served served =
        launch(
            Program.get().command(folder.resolve("var"), List.of(arguments)),
            folder,
            environment)) {
      if (!served.process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still runs: " + served.words());
      }
      return new Ended(served.process.exitValue(), served.out(), served.err());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Served start(List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    Served served = launch(command, folder, environment);
    served.awaitListening();
    return served;
  }

  private static Served launch(List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(folder);
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Served(builder.start(), out, err);
  }

  void awaitListening() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (port == 0) {
      Matcher found = LISTENING.matcher(out());
      if (found.find()) {
        port = Integer.parseInt(found.group(1));
      } else if (!process.isAlive()) {
        throw new AssertionError("ended with " + process.exitValue() + ": " + words());
      } else if (System.nanoTime() > end) {
        process.destroyForcibly();
        throw new AssertionError("does not listen: " + words());
      } else {
        pause(5);
      }
    }
  }

  /** Whether it has said that it listens, so far. */
  boolean listens() {
    Matcher found = LISTENING.matcher(out());
    if (found.find()) {
      port = Integer.parseInt(found.group(1));
    }
    return port != 0;
  }

  int port() {
    return port;
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL: the process gets no chance to do anything more. */
  void kill() {
    process.destroyForcibly();
    join(30, TimeUnit.SECONDS);
  }

  /** SIGTERM, at once back. */
  void signalTermination() {
    process.destroy();
  }

  /** SIGTERM, then waits; returns the exit status. */
  int terminate(long patience, TimeUnit unit) {
    process.destroy();
    return join(patience, unit);
  }

  int join(long patience, TimeUnit unit) {
    try {
      if (!process.waitFor(patience, unit)) {
        throw new AssertionError("does not end: " + words());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private String words() {
    return out() + err();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
