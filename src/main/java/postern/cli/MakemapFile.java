package postern.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.db.CdbWriter;

/**
 * The new version of a cdb file. It takes the place of the old one as a whole, so that no reader
 * ever sees half of it, or vanishes when it is closed before that.
 */
final class MakemapFile implements AutoCloseable {
  private final Path temporary;
  private final Path file;

  private MakemapFile(Path temporary, Path file) {
    this.temporary = temporary;
    this.file = file;
  }

  /** An empty version beside {@code file}. */
  static MakemapFile beside(Path file) throws IOException {
    return new MakemapFile(temporary(file), file);
  }

  /**
   * Takes the place of the old version, with its permissions; {@code owner} wins over its owner.
   */
  void replace(@Nullable UserPrincipal owner) throws IOException {
    dress(temporary, file, owner);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(temporary);
  }

  /** An empty file beside {@code file}, for its owner and group only. */
  private static Path temporary(Path file) throws IOException {
    for (int i = 0; ; i++) {
      Path wanted =
          file.resolveSibling(
              "." + file.getFileName() + "." + ProcessHandle.current().pid() + "." + i);
      try {
        return Files.createFile(
            wanted,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
      } catch (FileAlreadyExistsException e) {
        if (i == 100) {
          throw e;
        }
      }
    }
  }

  /** Writes the entries. */
  void store(MakemapInput entries) throws IOException {
    try (CdbWriter writer = new CdbWriter(FileChannel.open(temporary, StandardOpenOption.WRITE))) {
      for (MakemapInput.Entry entry : entries.all()) {
        writer.add(
            entry.key().getBytes(StandardCharsets.ISO_8859_1),
            entry.value().getBytes(StandardCharsets.ISO_8859_1));
      }
      writer.finish();
    }
  }

  /** Gives the new file what the old one had: permissions, owner and group. */
  private static void dress(Path fresh, Path old, @Nullable UserPrincipal owner)
      throws IOException {
    if (Files.exists(old)) {
      PosixFileAttributes had = Files.readAttributes(old, PosixFileAttributes.class);
      PosixFileAttributes has = Files.readAttributes(fresh, PosixFileAttributes.class);
      var view =
          Files.getFileAttributeView(fresh, java.nio.file.attribute.PosixFileAttributeView.class);
      if (!had.owner().equals(has.owner()) && owner == null) {
        view.setOwner(had.owner());
      }
      if (!had.group().equals(has.group())) {
        view.setGroup(had.group());
      }
      Set<PosixFilePermission> permissions = had.permissions();
      Files.setPosixFilePermissions(fresh, permissions);
    }
    if (owner != null) {
      Files.setOwner(fresh, owner);
    }
  }

  /** The user that {@code TrustedUser} names, if the file says so and we may give files away. */
  static @Nullable UserPrincipal trustedUser(Path cf) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return null;
    }
    String user = "";
    for (String line : Files.readAllLines(cf, StandardCharsets.ISO_8859_1)) {
      String squeezed = line.replaceAll("[ \t]", "");
      if (squeezed.toLowerCase(Locale.ROOT).startsWith("otrusteduser=")) {
        user = squeezed.substring(squeezed.indexOf('=') + 1);
      }
    }
    return user.isEmpty()
        ? null
        : Paths.get("/")
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(user);
  }
}
