package postern.map;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a file of a map or class may be read, in sendmail's words and the operating system's:
 * nobody else may write to a directory above it, unless {@code DontBlameSendmail} has a word for
 * that (operations guide, "File modes").
 */
public final class FileSafety {
  /** {@code MapInUnsafeDirPath}. */
  public static final String MAPS = "mapinunsafedirpath";

  /** {@code ClassFileInUnsafeDirPath}. */
  public static final String CLASSES = "classfileinunsafedirpath";

  /** Does not look at directories, owners and modes. */
  public static final FileSafety LENIENT = new FileSafety(false, word -> true);

  private static final int OTHER_WRITE = 0002;
  private static final int GROUP_WRITE = 0020;
  private static final int OTHER_READ = 0004;
  private static final int GROUP_READ = 0040;
  private static final int STICKY = 01000;

  private final boolean strict;
  private final Predicate<String> blameless;

  private FileSafety(boolean strict, Predicate<String> blameless) {
    this.strict = strict;
    this.blameless = blameless;
  }

  /**
   * A check as sendmail makes it.
   *
   * @param blameless whether {@code DontBlameSendmail} has a word (lower case)
   */
  public static FileSafety strict(Predicate<String> blameless) {
    return new FileSafety(true, blameless);
  }

  /** Whether anything can be unsafe at all. */
  boolean isStrict() {
    return strict;
  }

  /**
   * What is unsafe about {@code file}, or null.
   *
   * @param exception the word that allows unsafe directories; {@code warning} hears of each then
   */
  public @Nullable String unsafe(Path file, String exception, Consumer<String> warning) {
    if (!strict) {
      return null;
    }
    try {
      Path absolute = file.toAbsolutePath();
      Path directory = absolute.getRoot();
      for (int i = 0; i < absolute.getNameCount() && directory != null; i++) {
        String who = writers(mode(directory, "mode"));
        if (who != null) {
          if (!blameless.test(exception)) {
            return who + " directory";
          }
          if (Files.exists(absolute)) {
            warning.accept("WARNING: " + who + " directory " + directory);
          }
        }
        directory = directory.resolve(absolute.getName(i));
      }
      return ourselvesOrRead(absolute) ? null : "Permission denied";
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return null; // no such file, or a file system without modes: whoever opens it will tell
    }
  }

  private @Nullable String writers(int mode) {
    if ((mode & STICKY) != 0 && blameless.test("truststickybit")) {
      return null;
    }
    if ((mode & OTHER_WRITE) != 0) {
      return "World writable";
    }
    return (mode & GROUP_WRITE) != 0 && !blameless.test("groupwritabledirpathsafe")
        ? "Group writable"
        : null;
  }

  /** The superuser may read everything, but is to read only what the file's modes give it. */
  private static boolean ourselvesOrRead(Path file) throws IOException {
    int owner = mode(file, "uid");
    if (owner == 0 || mode(Path.of("/proc/self"), "uid") != 0) {
      return true;
    }
    int needed = mode(file, "gid") == 0 ? GROUP_READ : OTHER_READ;
    return (mode(file, "mode") & needed) != 0;
  }

  private static int mode(Path path, String attribute) throws IOException {
    return Files.getAttribute(path, "unix:" + attribute) instanceof Integer number ? number : 0;
  }

  /** Null if {@code file} is a readable regular file, else what is wrong. */
  static @Nullable String fault(Path file) {
    try {
      Path real = file.toRealPath();
      if (Files.isDirectory(real)) {
        return "Is a directory";
      }
      return Files.isReadable(real) ? null : "Permission denied";
    } catch (IOException e) {
      return words(e);
    }
  }

  /** strerror's words for {@code e}. */
  static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return "Not a directory";
    }
    String message = String.valueOf(e.getMessage());
    return message.contains("Not a directory") ? "Not a directory" : message;
  }
}
