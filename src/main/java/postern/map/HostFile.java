package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hosts file: addresses and names. Read anew for each question, as sendmail does. */
final class HostFile {
  private HostFile() {}

  /**
   * The canonical name of {@code name}: the first name of its line, a dotted one before an undotted
   * one, with {@code domain} added if none has a dot. A name in {@code domain} is also looked for
   * without it.
   */
  static @Nullable String canonicalName(Path file, String name, String domain) {
    String full = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    int dot = full.indexOf('.');
    boolean ours = dot > 0 && !domain.isEmpty() && full.substring(dot + 1).equalsIgnoreCase(domain);
    String brief = ours ? full.substring(0, dot) : full;
    for (String line : lines(file)) {
      String[] fields = line.strip().split("[ \t]+");
      String canonical = "";
      boolean found = false;
      for (int i = 1; i < fields.length; i++) {
        String field = fields[i];
        if (canonical.isEmpty() || (canonical.indexOf('.') < 0 && field.indexOf('.') >= 0)) {
          canonical = field;
        }
        found |= field.equalsIgnoreCase(full) || field.equalsIgnoreCase(brief);
      }
      if (found) {
        return canonical.indexOf('.') < 0 && !domain.isEmpty()
            ? canonical + "." + domain
            : canonical;
      }
    }
    return null;
  }

  /** The first name of {@code address}. */
  static @Nullable String nameOf(Path file, String address) {
    for (String line : lines(file)) {
      String[] fields = line.strip().split("[ \t]+");
      if (fields.length > 1 && fields[0].equalsIgnoreCase(address)) {
        return fields[1];
      }
    }
    return null;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
          .map(line -> line.indexOf('#') < 0 ? line : line.substring(0, line.indexOf('#')))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
