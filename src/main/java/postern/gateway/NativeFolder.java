package postern.gateway;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;

/**
 * Where Amazon's crypto provider unpacks its native libraries: below the data folder, not in the
 * temporary one. It removes them when the process ends; what a killed process left is removed at
 * the next start.
 */
final class NativeFolder {
  private static final String PROPERTY = "com.amazon.corretto.crypto.provider.tmpdir";
  private static final String LEFTOVERS = "amazonCorrettoCryptoProviderNativeLibraries.*";

  /** Younger ones may belong to a process that is just starting. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private NativeFolder() {}

  /** To be called before the first TLS engine starts. */
  static void settle(Path data) {
    if (System.getProperty(PROPERTY) != null) {
      return; // the administrator's choice
    }
    Path folder = data.resolve("native").toAbsolutePath();
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      clean(folder);
      if (Files.isWritable(folder)) {
        System.setProperty(PROPERTY, folder.toString());
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Then the temporary folder has to do.
    }
  }

  /** Removes what is left of processes that were killed. */
  static void clean(Path folder) throws IOException {
    Instant old = Instant.now().minus(YOUNG);
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, LEFTOVERS)) {
      for (Path leftover : leftovers) {
        if (Files.getLastModifiedTime(leftover).toInstant().isBefore(old)) {
          remove(leftover);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
