package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {
  private static Path unpacked(Path folder, String name, Duration age) throws Exception {
    Path one =
        Files.createDirectory(
            folder.resolve("amazonCorrettoCryptoProviderNativeLibraries." + name));
    Files.writeString(one.resolve("libcrypto.so"), "x");
    Files.setLastModifiedTime(one, FileTime.from(Instant.now().minus(age)));
    return one;
  }

  @Test
  void whatKilledProcessesLeftIsRemoved(@TempDir Path folder) throws Exception {
    Path old = unpacked(folder, "old", Duration.ofHours(1));
    Path fresh = unpacked(folder, "fresh", Duration.ZERO);
    Path other = Files.createDirectory(folder.resolve("other"));
    NativeFolder.clean(folder);
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh.resolve("libcrypto.so")));
    assertTrue(Files.exists(other));
  }
}
