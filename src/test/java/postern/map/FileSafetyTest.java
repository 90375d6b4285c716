package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words are those of sendmail 8.17, asked with the same directories and modes. */
class FileSafetyTest {
  @TempDir Path folder;
  private Path open;
  private Path file;

  @BeforeEach
  void file() throws IOException {
    open = Files.createDirectory(folder.resolve("open"));
    file = Files.writeString(open.resolve("map"), "a b\n");
  }

  // What stands above the test's own folder is the machine's business.
  private List<String> judge(String modes, Set<String> words) throws IOException {
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(modes));
    List<String> said = new ArrayList<>();
    String unsafe = FileSafety.strict(words::contains).unsafe(file, FileSafety.MAPS, said::add);
    said.removeIf(line -> !line.endsWith(open.toString()));
    said.add(0, String.valueOf(unsafe));
    return said;
  }

  @Test
  void aDirectoryThatOthersMayWriteToIsRefused() throws IOException {
    assertEquals(List.of("World writable directory"), judge("rwxrwxrwx", Set.of()));
    assertEquals(
        List.of("World writable directory"),
        judge("rwxr-xrwx", Set.of(FileSafety.CLASSES, "groupwritabledirpathsafe")));
  }

  @Test
  void orWarnedOfIfItIsAllowed() throws IOException {
    Set<String> allowed = Set.of(FileSafety.MAPS);
    assertEquals(
        List.of("null", "WARNING: World writable directory " + open), judge("rwxrwxrwx", allowed));
    assertEquals(
        List.of("null", "WARNING: Group writable directory " + open), judge("rwxrwxr-x", allowed));
    assertEquals(
        List.of("null"), judge("rwxrwxr-x", Set.of(FileSafety.MAPS, "groupwritabledirpathsafe")));
    assertEquals(List.of("null"), judge("rwxr-xr-x", allowed));
  }

  @Test
  void nothingIsSaidOfAFileThatIsNotThere() throws IOException {
    Files.delete(file);
    assertEquals(List.of("null"), judge("rwxrwxrwx", Set.of(FileSafety.MAPS)));
    assertEquals(List.of("World writable directory"), judge("rwxrwxrwx", Set.of()));
  }

  @Test
  void theServerDoesNotLook() {
    assertNull(FileSafety.LENIENT.unsafe(file, FileSafety.MAPS, line -> {}));
  }
}
