package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Class {@code stab}: the text of an alias file, read once. */
final class StabMap implements LookupMap {
  private final MapFlags flags;
  private final Map<String, byte[]> aliases = new HashMap<>();

  StabMap(MapFlags flags) {
    this.flags = flags;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    String name = "";
    StringBuilder value = new StringBuilder();
    try {
      for (String line : Files.readAllLines(Path.of(flags.file), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("#")) {
          continue;
        }
        if (line.startsWith(" ") || line.startsWith("\t")) {
          value.append(line.stripLeading());
          continue;
        }
        put(name, value);
        int colon = line.indexOf(':');
        name = colon < 0 ? "" : line.substring(0, colon).strip();
        value.setLength(0);
        value.append(line.substring(colon + 1).strip());
      }
    } catch (IOException e) {
      throw new MapUnavailableException("", "", true);
    }
    put(name, value);
  }

  private void put(String name, StringBuilder value) {
    if (!name.isEmpty()) {
      aliases.put(
          name.toLowerCase(Locale.ROOT), value.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Override
  public void lookup(Query query, Answer answer) {
    byte[] value = aliases.get(query.key().toString().toLowerCase(Locale.ROOT));
    if (value == null) {
      answer.missing(Answer.OK);
    } else {
      flags.format(value, 0, value.length, query, answer);
    }
  }
}
