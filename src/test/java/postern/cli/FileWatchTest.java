package postern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  @TempDir Path folder;

  @Test
  void aChangeEndsTheWait() throws Exception {
    Path file = folder.resolve("a");
    List<Path> files = List.of(file, folder.resolve("missing"));
    Files.writeString(file, "1");
    String before = FileWatch.stamp(files);
    assertEquals(before, FileWatch.stamp(files));
    Files.writeString(file, "12");
    assertNotEquals(before, FileWatch.stamp(files));
    FileWatch.await(files, before);
    Files.writeString(folder.resolve("missing"), "");
    FileWatch.await(files, before);
  }
}
