package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postern.text.Symbols;

/**
 * Class {@code user}: the system's user table; {@code -v} chooses the column, the name by default.
 */
final class UserMap implements LookupMap {
  private static final int COLUMNS = 7;
  private static final int NO_USER = 67;

  private final String name;
  private final MapFlags flags;
  private final Path table;
  private int column;

  UserMap(String name, MapFlags flags, Path table) {
    this.name = name;
    this.flags = flags;
    this.table = table;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    column =
        switch (flags.valueColumn.toLowerCase(Locale.ROOT)) {
          case "", "name" -> 0;
          case "passwd" -> 1;
          case "uid" -> 2;
          case "gid" -> 3;
          case "gecos" -> 4;
          case "dir" -> 5;
          case "shell" -> 6;
          default ->
              throw new MapUnavailableException(
                  "User map " + name + ": unknown column name " + flags.valueColumn, "", false);
        };
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String user = query.key().toString();
    try {
      String[] fields = find(user);
      if (fields == null) {
        // The key is folded for good: -m and %0 show it so.
        user = lower(user);
        query.key().clear();
        query.key().append(user);
        fields = find(user);
      }
      if (fields == null) {
        answer.missing(NO_USER);
        return;
      }
      byte[] value = (column == 1 ? "x" : fields[column]).getBytes(StandardCharsets.ISO_8859_1);
      flags.format(value, 0, value.length, query, answer);
    } catch (IOException e) {
      answer.missing(Answer.TEMPORARY_FAILURE);
    }
  }

  private String @Nullable [] find(String user) throws IOException {
    if (user.chars().allMatch(Character::isDigit)) {
      return null;
    }
    for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(":", -1);
      if (fields.length >= COLUMNS && fields[0].equals(user)) {
        return fields;
      }
    }
    return null;
  }

  private static String lower(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      out.setCharAt(i, (char) (Symbols.lower((byte) out.charAt(i)) & 0xff));
    }
    return out.toString();
  }
}
