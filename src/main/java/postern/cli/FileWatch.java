package postern.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Waits until one of some files is another one, by time and size; a missing file is one, too. */
final class FileWatch {
  private static final long EVERY_MILLIS = 300;

  private FileWatch() {}

  /** What the files look like now. */
  static String stamp(Collection<Path> files) {
    StringBuilder stamp = new StringBuilder();
    for (Path file : new TreeSet<>(files)) {
      stamp.append(file);
      try {
        stamp.append(' ').append(Files.getLastModifiedTime(file)).append(' ');
        stamp.append(Files.size(file));
      } catch (IOException e) {
        stamp.append(" missing");
      }
      stamp.append('\n');
    }
    return stamp.toString();
  }

  /** Waits until {@link #stamp} is no longer {@code before}. */
  static void await(Collection<Path> files, String before) throws InterruptedException {
    while (stamp(files).equals(before)) {
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
    }
  }
}
