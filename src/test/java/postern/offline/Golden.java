package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that hold what a command printed when somebody last read it. {@code -Dgolden.update=true}
 * writes them anew, to be read again with {@code git diff}.
 */
final class Golden {
  private Golden() {}

  static void same(Path file, String text) throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertEquals(Files.readString(file), text, file.toString());
  }
}
