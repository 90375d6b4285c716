package postern.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import postern.source.FileNames;

/** Class {@code stab}: the text of an alias file, read once. */
final class StabMap implements LookupMap {
  private final MapFlags flags;
  private final Map<String, byte[]> aliases = new HashMap<>();

  StabMap(MapFlags flags) {
    this.flags = flags;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    List<String> lines;
    try {
      lines = Files.readAllLines(FileNames.path(flags.file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new MapUnavailableException("", "", true);
    }
    new AliasText(lines, flags.file, problems)
        .read(
            (name, value) ->
                aliases.put(
                    name.toLowerCase(Locale.ROOT), value.getBytes(StandardCharsets.ISO_8859_1)));
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
