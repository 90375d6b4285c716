package postern.offline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;

/**
 * Where the entries of file maps stand: maps themselves know values only. Each file is read once,
 * when the first of its entries is asked for.
 */
public final class MapLines {
  private final Map<String, Index> files = new HashMap<>();

  /** The entries of one file by key; the first of two equal keys counts. */
  private record Index(List<MapLine> lines, Map<String, MapLine> byKey) {}

  /** Whether {@code map} is one whose entries are lines of a text file. */
  public static boolean hasLines(MapEntry map) {
    return switch (map.className()) {
      case "text", "hash", "btree", "cdb" -> !map.flags().file().isEmpty();
      default -> false;
    };
  }

  /** The file that the lines of {@code map} stand in. */
  public static Path file(MapEntry map) {
    String name = map.flags().file();
    String suffix =
        switch (map.className()) {
          case "text" -> "";
          case "cdb" -> ".cdb";
          default -> ".db";
        };
    return Path.of(
        name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name);
  }

  /** The data base file that counts if it is there; the text itself for a map of class text. */
  public static Path database(MapEntry map) {
    return switch (map.className()) {
      case "text" -> file(map);
      case "cdb" -> Path.of(file(map) + ".cdb");
      default -> Path.of(file(map) + ".db");
    };
  }

  /** The line that answers to {@code key} in {@code map}; null if there is none to be found. */
  public @Nullable MapLine find(MapEntry map, String key) {
    if (!hasLines(map)) {
      return null;
    }
    return index(map).byKey().get(fold(map, key));
  }

  /** All entries of {@code map} in order, also those that an earlier equal key hides. */
  public List<MapLine> lines(MapEntry map) {
    return hasLines(map) ? index(map).lines() : List.of();
  }

  private static String fold(MapEntry map, String key) {
    boolean keep = map.flags().keepCase() && !map.className().equals("text");
    return keep ? key : key.toLowerCase(Locale.ROOT);
  }

  private Index index(MapEntry map) {
    String id = map.name() + "\0" + file(map);
    Index known = files.get(id);
    if (known == null) {
      known = read(map);
      files.put(id, known);
    }
    return known;
  }

  private static Index read(MapEntry map) {
    List<String> text;
    try {
      text = Files.readAllLines(file(map), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      text = List.of(); // the map's own look-ups report it
    }
    List<MapLine> lines = new ArrayList<>();
    Map<String, MapLine> byKey = new LinkedHashMap<>();
    for (int i = 0; i < text.size(); i++) {
      MapLine line =
          map.className().equals("text")
              ? columns(map, text.get(i), i + 1)
              : pair(map, text.get(i), i + 1);
      if (line != null) {
        lines.add(line);
        byKey.putIfAbsent(fold(map, line.key()), line);
      }
    }
    return new Index(List.copyOf(lines), byKey);
  }

  /** A line as makemap reads it: key, white space, value. */
  private static @Nullable MapLine pair(MapEntry map, String line, int number) {
    if (line.isEmpty() || line.charAt(0) == '#' || isSpace(line.charAt(0))) {
      return null;
    }
    int end = 0;
    while (end < line.length() && !isSpace(line.charAt(end))) {
      end++;
    }
    return new MapLine(
        file(map).toString(), number, line.substring(0, end), line.substring(end).strip());
  }

  /** A line of a text map: columns. */
  private static @Nullable MapLine columns(MapEntry map, String line, int number) {
    if (line.isEmpty() || line.charAt(0) == '#') {
      return null;
    }
    int delimiter = map.flags().columnDelimiter();
    String[] fields =
        delimiter == 0
            ? line.strip().split("[ \t]+")
            : line.split(java.util.regex.Pattern.quote(String.valueOf((char) delimiter)), -1);
    String key = field(fields, map.flags().keyColumn());
    if (key.isEmpty()) {
      return null;
    }
    return new MapLine(file(map).toString(), number, key, field(fields, map.flags().valueColumn()));
  }

  private static String field(String[] fields, String column) {
    int index = column.matches("[0-9]{1,4}") ? Integer.parseInt(column) : 0;
    return index < fields.length ? fields[index] : "";
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
