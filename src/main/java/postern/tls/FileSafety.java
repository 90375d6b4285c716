package postern.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a certificate or key file can be trusted: nobody but root and ourselves may be able to
 * change it, nobody but us to read a key. The words are those of sendmail's log.
 */
public final class FileSafety {
  private static final int OWNER_READ = 0400;
  private static final int GROUP_READ = 0040;
  private static final int GROUP_WRITE = 0020;
  private static final int OTHER_READ = 0004;
  private static final int OTHER_WRITE = 0002;
  private static final int STICKY = 01000;
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  private final Set<String> dontBlame;
  private final int user;

  /**
   * Makes a checker for a set of exceptions.
   *
   * @param dontBlame words of DontBlameSendmail, lower case: {@code groupreadablekeyfile}, {@code
   *     truststickybit} and {@code groupwritabledirpathsafe} count here
   */
  public FileSafety(Set<String> dontBlame) {
    this.dontBlame = dontBlame;
    this.user = currentUser();
  }

  /** What is wrong with a file that others may read; empty if it is safe. */
  Optional<String> check(String name) {
    return check(name, false);
  }

  /** What is wrong with a key file; empty if it is safe. */
  public Optional<String> checkKey(String name) {
    return check(name, true);
  }

  /** What is wrong with a directory that we trust what is in; empty if it is safe or not there. */
  Optional<String> checkDirectory(String name) {
    try {
      return checkDirectories(Path.of(name).toRealPath());
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<String> check(String name, boolean key) {
    try {
      Path file = Path.of(name);
      if (!file.isAbsolute()) {
        return Optional.of("not an absolute path");
      }
      Optional<String> unsafe = checkDirectories(file.getParent());
      if (unsafe.isEmpty()) {
        // A link is as safe as the directories it leads through.
        unsafe = checkDirectories(file.toRealPath().getParent());
      }
      return unsafe.isPresent() ? unsafe : checkFile(file, key);
    } catch (NoSuchFileException e) {
      return Optional.of("No such file or directory");
    } catch (AccessDeniedException e) {
      return Optional.of("Permission denied");
    } catch (FileSystemException e) {
      String reason = e.getReason();
      return Optional.of(reason == null ? "Input/output error" : reason);
    } catch (IOException | InvalidPathException e) {
      return Optional.of("Input/output error");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty(); // a file system without owners and modes
    }
  }

  private Optional<String> checkDirectories(@Nullable Path deepest) throws IOException {
    for (Path at = deepest; at != null; at = at.getParent()) {
      int mode = number(Files.readAttributes(at, "unix:mode").get("mode"));
      boolean sticky = (mode & STICKY) != 0 && dontBlame.contains("truststickybit");
      if ((mode & OTHER_WRITE) != 0 && !sticky) {
        return Optional.of("World writable directory");
      }
      if ((mode & GROUP_WRITE) != 0 && !sticky && !dontBlame.contains("groupwritabledirpathsafe")) {
        return Optional.of("Group writable directory");
      }
    }
    return Optional.empty();
  }

  private Optional<String> checkFile(Path file, boolean key) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(file, "unix:mode,uid,nlink");
    int mode = number(attributes.get("mode"));
    int owner = number(attributes.get("uid"));
    if ((mode & TYPE) != REGULAR) {
      return Optional.of("Regular files only");
    }
    if (number(attributes.get("nlink")) > 1) {
      return Optional.of("Hard links not allowed");
    }
    if (owner != 0 && owner != user) {
      return Optional.of("Permission denied (owner is neither root nor the server's user)");
    }
    if ((mode & OTHER_WRITE) != 0) {
      return Optional.of("World writable file");
    }
    if ((mode & GROUP_WRITE) != 0) {
      return Optional.of("Group writable file");
    }
    if (key && (mode & OTHER_READ) != 0) {
      return Optional.of("World readable file");
    }
    if (key && (mode & GROUP_READ) != 0 && !dontBlame.contains("groupreadablekeyfile")) {
      return Optional.of("Group readable file");
    }
    if (!Files.isReadable(file) || (mode & (OWNER_READ | GROUP_READ | OTHER_READ)) == 0) {
      return Optional.of("Permission denied");
    }
    return Optional.empty();
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number number ? number.intValue() : -1;
  }

  /** The user that this process runs as; -2, which owns nothing, if the system does not say. */
  private static int currentUser() {
    try {
      return number(
          Files.getAttribute(Path.of("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return -2;
    }
  }
}
