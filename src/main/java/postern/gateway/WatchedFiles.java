package postern.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells when some of a set of files were replaced or written to. What is asked are their times,
 * sizes and identities; a change counts when it has stood still from one question to the next, so
 * that a file half written is left alone. Used by one thread.
 */
final class WatchedFiles {
  /** What a file is known by; all zero while it is missing. */
  private record Stamp(long time, long size, Object key) {
    private static final Stamp MISSING = new Stamp(0, 0, "");
  }

  private Map<Path, Stamp> known;
  private @Nullable Map<Path, Stamp> moving;

  WatchedFiles(Collection<Path> files) {
    known = look(files);
  }

  /** Whether there was a change since the last one that was told of. */
  boolean changed() {
    Map<Path, Stamp> now = look(known.keySet());
    if (now.equals(known)) {
      moving = null;
      return false;
    }
    if (!now.equals(moving)) {
      moving = now;
      return false;
    }
    known = now;
    moving = null;
    return true;
  }

  /** From now on {@code files} are watched; how they are now is no change. */
  void watch(Collection<Path> files) {
    known = look(files);
    moving = null;
  }

  private static Map<Path, Stamp> look(Collection<Path> files) {
    Map<Path, Stamp> stamps = new HashMap<>();
    for (Path file : files) {
      stamps.put(file, stamp(file));
    }
    return stamps;
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = is.fileKey();
      long nanos = is.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS);
      return new Stamp(nanos, is.size(), key == null ? "" : key);
    } catch (IOException | SecurityException e) {
      return Stamp.MISSING;
    }
  }
}
