package postern.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.sqlite.util.LibraryLoaderUtil;
import postern.queue.Spool;
import postern.queue.SpoolException;
import postern.queue.SpoolSettings;

/**
 * Opens the spool beside whatever else is starting: loading SQLite takes a while.
 *
 * <p>Left alone, the driver copies its native library to the temporary folder at each start, and a
 * process that is killed leaves the copy there. So it gets one for good, within the spool's folder.
 */
final class SpoolOpening {
  private static final int OS_ERROR = 71;
  private static final String FOLDER_PROPERTY = "org.sqlite.lib.path";

  private final Path folder;
  private final CompletableFuture<Spool> spool;

  private SpoolOpening(Path folder, CompletableFuture<Spool> spool) {
    this.folder = folder;
    this.spool = spool;
  }

  /**
   * Begins to open the spool in {@code folder}.
   *
   * @param leastBlocks {@code MinFreeBlocks}: can raise what stays free of the disk, not lower it,
   *     since the database needs room beside the messages
   */
  static SpoolOpening begin(Path folder, long leastBlocks) {
    CompletableFuture<Spool> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                settleLibrary(folder);
                result.complete(Spool.open(folder, settings(folder, leastBlocks)));
              } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            },
            "spool-open");
    thread.setDaemon(true);
    thread.start();
    return new SpoolOpening(folder, result);
  }

  private static SpoolSettings settings(Path folder, long leastBlocks) throws IOException {
    SpoolSettings usual = SpoolSettings.DEFAULT;
    if (leastBlocks <= 0) {
      return usual;
    }
    Path known = folder.toAbsolutePath();
    while (!Files.exists(known) && known.getParent() != null) {
      known = known.getParent();
    }
    long least = leastBlocks * Files.getFileStore(known).getBlockSize();
    return least > usual.minFreeBytes() ? usual.withMinFreeBytes(least) : usual;
  }

  /** The spool, as soon as it is open. */
  Spool spool() throws StartupException {
    try {
      return spool.join();
    } catch (CompletionException e) {
      Throwable cause = java.util.Objects.requireNonNullElse(e.getCause(), e);
      throw new StartupException(
          OS_ERROR,
          cause instanceof SpoolException s && s.kind() == SpoolException.Kind.IN_USE
              ? "the queue " + folder + " is in use by another process"
              : "cannot open the queue " + folder + ": " + StartupException.words(cause));
    }
  }

  private static void settleLibrary(Path folder) {
    if (System.getProperty(FOLDER_PROPERTY) != null) {
      return; // the administrator's choice
    }
    String name = LibraryLoaderUtil.getNativeLibName();
    URL inside =
        LibraryLoaderUtil.class.getResource(
            LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name);
    if (inside == null) {
      return;
    }
    Path library = folder.resolve("native");
    try {
      Files.createDirectories(
          library,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!onlyOursToChange(library) || !onlyOursToChange(folder)) {
        return;
      }
      Path file = library.resolve(name);
      var connection = inside.openConnection();
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        if (!Files.isRegularFile(file) || Files.size(file) != connection.getContentLengthLong()) {
          Path fresh = Files.createTempFile(library, name, ".new");
          Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
          Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      System.setProperty(FOLDER_PROPERTY, library.toString());
    } catch (IOException | UnsupportedOperationException e) {
      // Then the driver does as it always does; what is wrong with the folder shows soon enough.
    }
  }

  private static boolean onlyOursToChange(Path folder) throws IOException {
    Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(folder);
    return Files.isWritable(folder)
        && !allowed.contains(PosixFilePermission.GROUP_WRITE)
        && !allowed.contains(PosixFilePermission.OTHERS_WRITE);
  }
}
