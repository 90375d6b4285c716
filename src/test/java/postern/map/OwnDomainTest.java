package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in a hosts file as sendmail finds them, where its own domain comes into it. */
class OwnDomainTest {
  @TempDir private Path folder;
  private final HostFile file = new HostFile(() -> folder.resolve("hosts"), true);

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("hosts"), "10.0.0.1 x1.example.net x1\n10.0.0.2 w.b.c w\n10.0.0.3 y\n");
  }

  @Test
  void whole() {
    assertEquals("x1.example.net", file.canonicalName("x1.example.test", "example.test"));
    assertEquals("x1.example.net", file.canonicalName("x1.Example.test.", "example.test"));
    assertNull(file.canonicalName("x1.example.org", "example.test"));
    assertEquals("y.example.test", file.canonicalName("y", "example.test"));
  }

  @Test
  void firstLabels() {
    assertEquals("x1.example.net", file.canonicalName("x1.example", "example.test"));
    assertNull(file.canonicalName("x1.example.", "example.test"));
    assertNull(file.canonicalName("x1.examp", "example.test"));
    assertEquals("w.b.c", file.canonicalName("w.b", "b.c"));
    assertNull(file.canonicalName("w.b", ""));
  }
}
