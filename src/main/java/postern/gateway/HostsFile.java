package postern.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The hosts file, read again when it has changed. It is looked at once a second at most, not for
 * every connection. Safe for many threads.
 */
final class HostsFile {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What a file was like when it was read. */
  private record Contents(
      @Nullable FileTime modified,
      long size,
      @Nullable Object identity,
      long looked,
      Map<String, String> names) {

    boolean isOf(BasicFileAttributes now) {
      return now.lastModifiedTime().equals(modified)
          && now.size() == size
          && java.util.Objects.equals(now.fileKey(), identity);
    }
  }

  private final Path file;
  private final LongSupplier nanos;
  private volatile @Nullable Contents contents;

  HostsFile(Path file) {
    this(file, System::nanoTime);
  }

  HostsFile(Path file, LongSupplier nanos) {
    this.file = file;
    this.nanos = nanos;
  }

  /** The first name of {@code address} as the file writes it, or null. */
  @Nullable String name(String address) {
    Contents known = contents;
    long now = nanos.getAsLong();
    if (known == null || now - known.looked >= LOOK_NANOS) {
      known = look(known, now);
      contents = known;
    }
    return known.names.get(address);
  }

  private Contents look(@Nullable Contents known, long now) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      Map<String, String> names = known != null && known.isOf(is) ? known.names : read();
      return new Contents(is.lastModifiedTime(), is.size(), is.fileKey(), now, names);
    } catch (IOException e) {
      return new Contents(null, -1, null, now, Map.of()); // no names from there
    }
  }

  private Map<String, String> read() throws IOException {
    Map<String, String> names = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      String[] fields = line.strip().split("[ \t]+", -1);
      if (fields.length > 1) {
        names.putIfAbsent(fields[0], fields[1]);
      }
    }
    return names;
  }
}
