package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsFileTest {
  @TempDir Path dir;

  private final AtomicLong now = new AtomicLong();

  @Test
  void firstNameOfAnAddressIsFoundAndAChangeIsSeenWithinASecond() throws IOException {
    Path file = dir.resolve("hosts");
    HostsFile hosts = new HostsFile(file, now::get);
    assertNull(hosts.name("192.0.2.1"), "no file");
    Files.writeString(file, "# 192.0.2.9 none\n 192.0.2.1\tone.test one\n192.0.2.1 two.test\nx\n");
    later(1000);
    assertEquals("one.test", hosts.name("192.0.2.1"));
    assertNull(hosts.name("192.0.2.9"));
    Files.writeString(file, "192.0.2.1 another.test\n");
    later(999);
    assertEquals("one.test", hosts.name("192.0.2.1"), "not looked at for every connection");
    later(1);
    assertEquals("another.test", hosts.name("192.0.2.1"));
    Files.delete(file);
    later(1000);
    assertNull(hosts.name("192.0.2.1"));
  }

  private void later(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
