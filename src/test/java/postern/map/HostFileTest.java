package postern.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFileTest {
  @TempDir Path folder;

  private Path hosts(String text) throws IOException {
    return Files.writeString(folder.resolve("hosts"), text);
  }

  @Test
  void namesLeadToTheBestNameOfTheirLine() throws IOException {
    Path path =
        hosts(
            """
            # nothing
            192.0.2.1 mx.example.org MX
            192.0.2.2  brief   long.example.net # other.example.net
            192.0.2.3 lonely
            192.0.2.4
            192.0.2.1 second.example.org mx
            """);
    HostFile file = new HostFile(() -> path, true);
    assertEquals("mx.example.org", file.canonicalName("mx", ""));
    assertEquals("mx.example.org", file.canonicalName("MX.Example.Org.", "example.com"));
    assertEquals("long.example.net", file.canonicalName("brief", "example.com"));
    assertEquals("lonely.example.com", file.canonicalName("lonely", "example.com"));
    assertEquals("lonely.example.com", file.canonicalName("lonely.example.com", "example.com"));
    assertEquals("lonely", file.canonicalName("lonely", ""));
    assertEquals("second.example.org", file.canonicalName("second.example.org", "x"));
    assertNull(file.canonicalName("other.example.net", "example.com"), "a comment");
  }

  @Test
  void earliestLineCountsWhicheverNameItHas() throws IOException {
    Path path = hosts("192.0.2.1 a first.example.org\n192.0.2.2 a.example.com\n");
    HostFile file = new HostFile(() -> path, true);
    assertEquals("first.example.org", file.canonicalName("a.example.com", "example.com"));
    assertEquals("a.example.com", file.canonicalName("a.example.com", "example.net"));
  }

  @Test
  void addressesHaveTheFirstNameOfTheirFirstLine() throws IOException {
    Path path = hosts("192.0.2.4\n192.0.2.4 a b\n192.0.2.4 c\n2001:DB8::1 six\n");
    HostFile file = new HostFile(() -> path, true);
    assertEquals("a", file.nameOf("192.0.2.4"));
    assertEquals("six", file.nameOf("2001:db8::1"));
    assertNull(file.nameOf("192.0.2.5"));
  }

  @Test
  void addressTestSeesEachChangeAtOnce() throws IOException {
    Path path = hosts("192.0.2.1 a.example.org a\n");
    HostFile file = new HostFile(() -> path, true);
    assertEquals("a.example.org", file.canonicalName("a", ""));
    hosts("192.0.2.1 other.example.org a\n");
    assertEquals("other.example.org", file.canonicalName("a", ""));
    Files.delete(path);
    assertNull(file.canonicalName("a", ""));
  }

  @Test
  void serverReadsOnlyWhatChangedAndLooksOnceASecond() throws Exception {
    Path path = hosts("192.0.2.1 a.example.org a\n");
    HostFile file = new HostFile(() -> path, false);
    assertEquals("a.example.org", file.canonicalName("a", ""));
    hosts("192.0.2.1 b.example.org a\n");
    Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));
    assertEquals("a.example.org", file.canonicalName("a", ""));
    Thread.sleep(1_050);
    assertEquals("b.example.org", file.canonicalName("a", ""));
  }

  @Test
  void anotherFileIsReadAtOnce() throws IOException {
    Path one = hosts("192.0.2.1 a.example.org a\n");
    Path two = Files.writeString(folder.resolve("two"), "192.0.2.1 two.example.org a\n");
    Path[] place = {one};
    HostFile file = new HostFile(() -> place[0], false);
    assertEquals("a.example.org", file.canonicalName("a", ""));
    place[0] = two;
    assertEquals("two.example.org", file.canonicalName("a", ""));
  }
}
