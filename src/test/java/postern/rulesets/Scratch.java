package postern.rulesets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders below {@code target/}: sendmail refuses maps below a world-writable one like /tmp. */
final class Scratch {
  private Scratch() {}

  /** A new, empty folder, absolute. */
  static Path folder(String name) throws IOException {
    Path parent = Files.createDirectories(Path.of("target", "rulesets").toAbsolutePath());
    return Files.createTempDirectory(parent, name + "-");
  }

  /** A new file with this content. */
  static Path file(String name, String content) throws IOException {
    return Files.writeString(folder(name).resolve(name), content);
  }
}
