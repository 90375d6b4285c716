package postern.cf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceSwitchTest {
  @TempDir Path folder;
  private final ServiceSwitch services = new ServiceSwitch();

  @Test
  void withoutAFileThereAreDefaults() {
    assertEquals(List.of("dns", "files"), services.services("", "hosts"));
    assertEquals(List.of("files"), services.services("", "aliases"));
    assertEquals(List.of(), services.services("", "other"));
    assertEquals(List.of("dns", "files"), services.services("/does/not/exist", "hosts"));
  }

  @Test
  void theFirstLineOfAKindCounts() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("switch"),
            "# hosts dns\n hosts\tfiles  dns # both\nhosts nis\npasswd\n");
    String name = file.toString();
    assertEquals(List.of("files", "dns"), services.services(name, "hosts"));
    assertEquals(List.of(), services.services(name, "passwd"));
    assertEquals(List.of("files"), services.services(name, "aliases"));
  }

  @Test
  void aChangeIsSeenAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("switch"), "hosts files\n");
    String name = file.toString();
    assertEquals(List.of("files"), services.services(name, "hosts"));
    Files.writeString(file, "hosts files dns\n");
    assertEquals(List.of("files", "dns"), services.services(name, "hosts"));
    Files.delete(file);
    assertEquals(List.of("dns", "files"), services.services(name, "hosts"));
  }
}
