package postern.cf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.source.FileNames;

/**
 * {@code ServiceSwitchFile}: which services are asked for names, in which order. The file is looked
 * at for each question, as sendmail does, and read when it has changed. Safe for many threads.
 */
final class ServiceSwitch {
  private static final Map<String, List<String>> WITHOUT_FILE =
      Map.of(
          "hosts", List.of("dns", "files"),
          "aliases", List.of("files"),
          "passwd", List.of("files"));

  private volatile Read last = new Read("", null, 0, Map.of());

  /** What was in a file, and by what a change of it shows. */
  private record Read(
      String file, @Nullable FileTime modified, long size, Map<String, List<String>> services) {}

  /**
   * The services for a kind of names.
   *
   * @param file the file, empty for none; what it does not say is as without it
   */
  List<String> services(String file, String kind) {
    List<String> listed = file.isEmpty() ? null : current(file).get(kind);
    return listed != null ? listed : WITHOUT_FILE.getOrDefault(kind, List.of());
  }

  private Map<String, List<String>> current(String file) {
    Path path = FileNames.path(file);
    Read known = last;
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      FileTime modified = now.lastModifiedTime();
      long size = now.size();
      if (known.file.equals(file) && modified.equals(known.modified) && size == known.size) {
        return known.services;
      }
      known = new Read(file, modified, size, read(path));
    } catch (IOException e) {
      known = new Read(file, null, 0, Map.of());
    }
    last = known;
    return known.services;
  }

  private static Map<String, List<String>> read(Path file) throws IOException {
    Map<String, List<String>> services = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      int comment = line.indexOf('#');
      String[] fields =
          (comment < 0 ? line : line.substring(0, comment)).strip().split("[ \t]+", -1);
      services.putIfAbsent(fields[0], List.of(fields).subList(1, fields.length));
    }
    return services;
  }
}
