package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The text that {@code makemap} makes a data base from: a key, white space, the value; {@code #}
 * begins a comment line. Keys are folded to lower case unless {@code -f}. The first of two equal
 * keys wins, as in makemap.
 */
final class DatabaseTextMap extends FileMap {
  private final Path text;

  DatabaseTextMap(String name, MapFlags flags, Path text, boolean eager) {
    super(name, flags, eager);
    this.text = text;
  }

  @Override
  int notFound() {
    return Answer.OK;
  }

  @Override
  public List<FileFault> check() {
    try {
      return faults(text, Files.readAllBytes(text));
    } catch (IOException e) {
      return List.of(); // opening it will say so
    }
  }

  @Override
  List<FileFault> faults(Path file, byte[] content) {
    return DatabaseText.faults(file.toString(), content, !flags.keepCase);
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    try {
      watch(text);
    } catch (IOException e) {
      throw new MapUnavailableException(
          "map \"" + name + "\": cannot read " + text, FileSafety.words(e), true);
    }
  }

  @Override
  KeyTable read(byte[] content) {
    KeyTable.Builder table = new KeyTable.Builder(!flags.keepCase);
    int at = 0;
    while (at < content.length) {
      int end = at;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      int stop = end;
      while (stop > at && MapFlags.isSpace(content[stop - 1])) {
        stop--;
      }
      if (stop > at && content[at] != '#' && !MapFlags.isSpace(content[at])) {
        int keyEnd = at;
        while (keyEnd < stop && !MapFlags.isSpace(content[keyEnd])) {
          keyEnd++;
        }
        int value = keyEnd;
        while (value < stop && MapFlags.isSpace(content[value])) {
          value++;
        }
        table.add(content, at, keyEnd, value, stop);
      }
      at = end + 1;
    }
    return table.build();
  }
}
