package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Class {@code user}: the system's user table; {@code -v} chooses the column, the name by default.
 */
final class UserMap implements LookupMap {
  private static final int COLUMNS = 7;

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
  public void open() throws MapUnavailableException {
    column =
        switch (flags.valueColumn) {
          case "", "1", "name" -> 0;
          case "2", "passwd" -> 1;
          case "3", "uid" -> 2;
          case "4", "gid" -> 3;
          case "5", "gecos" -> 4;
          case "6", "dir" -> 5;
          case "7", "shell" -> 6;
          default ->
              throw new MapUnavailableException(
                  "User map " + name + ": unknown column name " + flags.valueColumn, "", false);
        };
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String user = query.key().toString();
    try {
      for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length >= COLUMNS && fields[0].equals(user)) {
          byte[] value = (column == 1 ? "x" : fields[column]).getBytes(StandardCharsets.ISO_8859_1);
          MapEntry.format(flags, value, 0, value.length, query, answer, query.key());
          return;
        }
      }
      answer.missing(Answer.OK);
    } catch (IOException e) {
      answer.missing(Answer.TEMPORARY_FAILURE);
    }
  }
}
