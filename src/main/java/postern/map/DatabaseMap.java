package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Classes {@code hash}, {@code btree} and {@code cdb}, read from the text that {@code makemap}
 * makes the data base from: a key, white space, the value; {@code #} begins a comment line. Keys
 * are folded to lower case unless {@code -f}. The first of two equal keys wins, as in makemap.
 */
final class DatabaseMap extends FileMap {
  private final String className;

  DatabaseMap(String className, String name, MapFlags flags, boolean eager) {
    super(name, flags, eager);
    this.className = className;
  }

  @Override
  int notFound() {
    return Answer.OK;
  }

  /** The text beside the data base. */
  private String base() {
    return flags.file.endsWith(".db")
        ? flags.file.substring(0, flags.file.length() - 3)
        : flags.file;
  }

  @Override
  public List<FileFault> check() {
    Path text = Path.of(base());
    try {
      if (Files.isRegularFile(text)) {
        return faults(text, Files.readAllBytes(text));
      }
      return flags.optional || className.equals("implicit")
          ? List.of()
          : List.of(DatabaseText.missing(name, text.toString()));
    } catch (IOException e) {
      return List.of(); // opening it will say so
    }
  }

  /** Aliases ({@code implicit}) have a form of their own. */
  @Override
  List<FileFault> faults(Path file, byte[] content) {
    return className.equals("implicit")
        ? List.of()
        : DatabaseText.faults(file.toString(), content, !flags.keepCase);
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    String base = base();
    Path text = Path.of(base);
    try {
      if (!Files.isRegularFile(text)) {
        throw new MapUnavailableException(
            className + " map \"" + name + "\": missing map file " + base + ".db",
            "No such file or directory",
            true);
      }
      watch(text);
    } catch (IOException e) {
      throw new MapUnavailableException(
          className + " map \"" + name + "\": unsafe map file " + base, FileSafety.words(e), true);
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
