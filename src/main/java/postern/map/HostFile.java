package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A hosts file: addresses and names. sendmail reads it for each question; here it is read again
 * when it has changed. Safe for many threads.
 */
final class HostFile {
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Supplier<Path> place;
  private final boolean eager;
  private volatile Content content = new Content(null, 0, List.of());

  /**
   * A file that is read at the first question.
   *
   * @param place where it is; may change while the configuration is read
   * @param eager whether to look at the file system at every question; otherwise once a second
   */
  HostFile(Supplier<Path> place, boolean eager) {
    this.place = place;
    this.eager = eager;
  }

  /**
   * The canonical name of {@code name}: the first name of its line, a dotted one before an undotted
   * one, with {@code domain} added if none has a dot. A name in {@code domain} is also looked for
   * without it. Without a final dot, the first labels of {@code domain} are enough for that: {@code
   * x.example} in {@code example.test}.
   */
  @Nullable String canonicalName(String name, String domain) {
    String full = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    int dot = full.indexOf('.');
    boolean ours =
        dot >= 0 && isOurs(full.substring(dot + 1), domain, full.length() < name.length());
    Content now = current();
    Line line = now.names.get(folded(full));
    if (ours) {
      Line brief = now.names.get(folded(full.substring(0, dot)));
      line = line == null || (brief != null && brief.number < line.number) ? brief : line;
    }
    if (line == null) {
      return null;
    }
    return line.canonical.indexOf('.') < 0 && !domain.isEmpty()
        ? line.canonical + "." + domain
        : line.canonical;
  }

  private static boolean isOurs(String rest, String domain, boolean whole) {
    int n = rest.length();
    boolean begins = domain.regionMatches(true, 0, rest, 0, n);
    return begins && (n == domain.length() || (!whole && domain.charAt(n) == '.'));
  }

  /** The first name of {@code address}. */
  @Nullable String nameOf(String address) {
    Line line = current().addresses.get(folded(address));
    return line == null ? null : line.first;
  }

  private Content current() {
    Content known = content;
    Path path = place.get();
    WatchedFile file = known.file;
    long now = System.nanoTime();
    boolean same = file != null && file.path().equals(path);
    if (same && !eager && now - known.looked < LOOK_NANOS) {
      return known;
    }
    return look(path, now);
  }

  private synchronized Content look(Path path, long now) {
    Content known = content;
    WatchedFile file = known.file;
    if (file == null || !file.path().equals(path)) {
      file = new WatchedFile(path, true);
    }
    content = file.changed() ? new Content(file, now, lines(path)) : new Content(file, now, known);
    return content;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Two texts are the same for {@link String#equalsIgnoreCase} when this makes them equal. */
  private static String folded(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.append(Character.toLowerCase(Character.toUpperCase(text.charAt(i))));
    }
    return out.toString();
  }

  /** A line with at least one name. */
  private record Line(int number, String first, String canonical) {}

  /** What was in the file when it was read; the first line that has a name or address counts. */
  private static final class Content {
    final @Nullable WatchedFile file;
    final long looked;
    final Map<String, Line> names;
    final Map<String, Line> addresses;

    Content(@Nullable WatchedFile file, long looked, List<String> lines) {
      this.file = file;
      this.looked = looked;
      names = new HashMap<>();
      addresses = new HashMap<>();
      for (int i = 0; i < lines.size(); i++) {
        add(i, lines.get(i));
      }
    }

    Content(WatchedFile file, long looked, Content same) {
      this.file = file;
      this.looked = looked;
      names = same.names;
      addresses = same.addresses;
    }

    private void add(int number, String text) {
      int comment = text.indexOf('#');
      String[] fields =
          (comment < 0 ? text : text.substring(0, comment)).strip().split("[ \t]+", -1);
      if (fields.length < 2) {
        return;
      }
      String canonical = "";
      for (int i = 1; i < fields.length; i++) {
        if (canonical.isEmpty() || (canonical.indexOf('.') < 0 && fields[i].indexOf('.') >= 0)) {
          canonical = fields[i];
        }
      }
      Line line = new Line(number, fields[1], canonical);
      addresses.putIfAbsent(folded(fields[0]), line);
      for (int i = 1; i < fields.length; i++) {
        names.putIfAbsent(folded(fields[i]), line);
      }
    }
  }
}
