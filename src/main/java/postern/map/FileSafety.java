package postern.map;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether a file may be read, in the operating system's words. */
final class FileSafety {
  private FileSafety() {}

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
