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
    private static final Stamp OUTDATED = new Stamp(0, -1, "");
  }

  /**
   * How files were at some moment. Whoever reads a file takes it before, so that what is written
   * after that is seen as a change however soon it comes.
   */
  static final class Seen {
    private final Map<Path, Stamp> stamps;

    private Seen(Map<Path, Stamp> stamps) {
      this.stamps = stamps;
    }

    /** Looks at {@code files} now. */
    static Seen now(Collection<Path> files) {
      return new Seen(look(files));
    }

    /** The same, but what {@code earlier} saw of a file counts for it. */
    Seen as(Seen earlier) {
      Map<Path, Stamp> merged = new HashMap<>(stamps);
      merged.replaceAll((file, stamp) -> earlier.stamps.getOrDefault(file, stamp));
      return new Seen(merged);
    }

    /** The same, but {@code files} count as changed since they were read. */
    Seen outdated(Collection<Path> files) {
      Map<Path, Stamp> marked = new HashMap<>(stamps);
      files.forEach(file -> marked.replace(file, Stamp.OUTDATED));
      return new Seen(marked);
    }

    /** Only what was seen of {@code files}. */
    Seen of(Collection<Path> files) {
      Map<Path, Stamp> some = new HashMap<>(stamps);
      some.keySet().retainAll(files);
      return new Seen(some);
    }
  }

  private Map<Path, Stamp> known;
  private @Nullable Map<Path, Stamp> moving;

  WatchedFiles(Seen seen) {
    known = seen.stamps;
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

  /** From now on the files of {@code seen} are watched; how they were then is no change. */
  void watch(Seen seen) {
    known = seen.stamps;
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
