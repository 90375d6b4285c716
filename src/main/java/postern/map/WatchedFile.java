package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read anew when it changes. Where look-ups must be cheap, {@link #due} is set by a
 * timer and the file system is asked only then; otherwise before each look-up.
 */
final class WatchedFile {
  private static final long QUIET_MILLIS = 150;

  private final Path path;
  private final boolean eager;
  private volatile boolean due = true;
  private @Nullable Object stamp;

  /**
   * Watches {@code path}.
   *
   * @param eager whether to look at the file system at every question
   */
  WatchedFile(Path path, boolean eager) {
    this.path = path;
    this.eager = eager;
  }

  Path path() {
    return path;
  }

  /** The next question looks at the file system. */
  void poke() {
    due = true;
  }

  /** Whether it is worth calling {@link #changed}; cheap. */
  boolean mayHaveChanged() {
    return eager || due;
  }

  /**
   * Whether the file has changed so recently that the change may not be complete; asks to be asked
   * again. An editor may empty a file before it writes it.
   */
  boolean isBeingWritten() {
    try {
      long age = System.currentTimeMillis() - Files.getLastModifiedTime(path).toMillis();
      if (age >= 0 && age < QUIET_MILLIS) {
        due = true;
        return true;
      }
    } catch (IOException e) {
      // gone: that is a change
    }
    return false;
  }

  /** The next look at the file system finds the file changed. */
  void forget() {
    stamp = null;
  }

  /** Whether the file differs from what it was at the last call. */
  boolean changed() {
    due = false;
    Object now = currentStamp();
    if (now.equals(stamp)) {
      return false;
    }
    stamp = now;
    return true;
  }

  private Object currentStamp() {
    try {
      BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
      Object key = a.fileKey();
      return java.util.List.of(
          a.lastModifiedTime(), a.size(), key == null ? path : key, a.isRegularFile());
    } catch (IOException e) {
      return "absent";
    }
  }
}
