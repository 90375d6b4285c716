package postern.offline.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.source.SourceText;

/**
 * Makes the configuration that a test file wants, with its access map in a folder of our own. Lines
 * of an access map within a test file keep their numbers, so that what is said of them is right.
 */
final class Workshop implements AutoCloseable {
  private final Builder builder;
  private final Path folder;
  private final AtomicInteger files = new AtomicInteger();

  Workshop(Builder builder) throws IOException {
    this.builder = builder;
    folder = Files.createTempDirectory("postern-test-");
  }

  /** The lines of the access map of {@code suite} by their numbers. */
  static Map<Integer, String> accessLines(SuiteFile suite) throws IOException {
    Path file = suite.accessFile();
    if (file == null) {
      return new TreeMap<>(suite.accessLines());
    }
    Map<Integer, String> lines = new TreeMap<>();
    List<String> text = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < text.size(); i++) {
      if (!text.get(i).isBlank() && !text.get(i).startsWith("#")) {
        lines.put(i + 1, text.get(i));
      }
    }
    return lines;
  }

  /**
   * The configuration of {@code suite}.
   *
   * @param replacement text of the policy in place of the file's, or null
   * @param access lines of the access map
   */
  Configuration configuration(
      SuiteFile suite, @Nullable SourceText replacement, Map<Integer, String> access)
      throws IOException {
    List<Compiler.Setting> macros = new ArrayList<>(suite.macros());
    if (!access.isEmpty()) {
      macros.add(0, new Compiler.Setting("{AccessFile}", write(access).toString(), false));
    }
    Host host = new Host(suite.host(), suite.host(), List.of());
    return builder.build(
        suite.policy(), replacement, host, macros, suite.options(), suite.additions());
  }

  private Path write(Map<Integer, String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    int at = 1;
    for (Map.Entry<Integer, String> line : lines.entrySet()) {
      text.append("\n".repeat(line.getKey() - at)).append(line.getValue());
      at = line.getKey();
    }
    Path file = folder.resolve("access" + files.incrementAndGet());
    Files.writeString(file, text.append('\n'), StandardCharsets.ISO_8859_1);
    return file;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // a mutant that was given up has just written its access map: it stays among temporary files
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
