package postern.cf.mc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where {@code include} finds its files. */
@FunctionalInterface
public interface McIncludes {
  /** There are none: every include is an error. */
  McIncludes NONE =
      name -> {
        throw new IOException("files cannot be included here");
      };

  /**
   * The text of the file that {@code include(name)} names.
   *
   * @throws IOException if there is none; its message goes into the diagnostic
   */
  String read(String name) throws IOException;

  /** Files by path, relative ones beside the {@code .mc} file, at most 1 MiB each. */
  static McIncludes beside(Path mcFile) {
    Path folder = mcFile.toAbsolutePath().getParent();
    return name -> {
      Path path = folder == null ? Path.of(name) : folder.resolve(name);
      if (!Files.isRegularFile(path)) {
        throw new IOException("there is no file " + path);
      }
      if (Files.size(path) > McReader.MAX_TEXT) {
        throw new IOException(path + " is larger than " + McReader.MAX_TEXT + " bytes");
      }
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    };
  }
}
