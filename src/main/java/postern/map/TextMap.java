package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import postern.source.FileNames;

/**
 * Class {@code text}: columns of a text file. Without {@code -z} white space separates columns,
 * with it exactly that byte; {@code -k} and {@code -v} both default to column 0 (sendmail reads the
 * file at every look-up; here once for each change of the file).
 */
final class TextMap extends FileMap {
  private static final int MAX_LINE = 2047;
  private static final int MAX_COLUMN = 256;

  private final Path path;
  private int keyColumn;
  private int valueColumn;

  private final FileSafety safety;

  TextMap(String name, MapFlags flags, boolean eager, FileSafety safety) {
    super(name, flags, eager);
    this.safety = safety;
    path = FileNames.path(flags.file);
  }

  @Override
  int notFound() {
    return Answer.NOT_FOUND;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    if (flags.file.isEmpty()) {
      throw new MapUnavailableException("text map \"" + name + "\": file name required", "", false);
    }
    if (!flags.file.startsWith("/")) {
      throw new MapUnavailableException(
          "text map \"" + name + "\": file name must be fully qualified", "", false);
    }
    if (safety.unsafe(path, FileSafety.MAPS, problems::notice) != null) {
      throw new MapUnavailableException(
          "text map \"" + name + "\": unsafe map file " + flags.file,
          Files.notExists(path) ? "No such file or directory" : "",
          true);
    }
    String unsafe = FileSafety.fault(path);
    if (unsafe != null) {
      throw new MapUnavailableException(
          "text map \"" + name + "\": unsafe map file " + flags.file, reason(unsafe), true);
    }
    keyColumn = column(flags.keyColumn, 'k');
    valueColumn = column(flags.valueColumn, 'v');
    try {
      watch(path);
    } catch (IOException e) {
      throw new MapUnavailableException(
          "text map \"" + name + "\": unsafe map file " + flags.file, FileSafety.words(e), true);
    }
  }

  /**
   * sendmail is silent about why when it is just the file that is not there, below directories that
   * nobody else may write to.
   */
  private String reason(String unsafe) {
    Path parent = path.getParent();
    boolean justMissing = parent != null && Files.isDirectory(parent) && Files.notExists(path);
    boolean safe = safety.unsafe(path, "", warning -> {}) == null;
    return justMissing && safe ? "" : unsafe;
  }

  private int column(String text, char flag) throws MapUnavailableException {
    if (text.isEmpty()) {
      return 0;
    }
    if (text.charAt(0) < '0' || text.charAt(0) > '9') {
      throw new MapUnavailableException(
          "text map \""
              + name
              + "\", file "
              + flags.file
              + ": -"
              + flag
              + " should specify a number, not "
              + text,
          "",
          false);
    }
    return (int) Numbers.atol(text);
  }

  @Override
  public void lookup(Query query, Answer answer) {
    if (safety.isStrict()) {
      safety.unsafe(path, FileSafety.MAPS, query.problems()::notice);
    }
    super.lookup(query, answer);
  }

  @Override
  KeyTable read(byte[] content) {
    KeyTable.Builder table = new KeyTable.Builder(true);
    int[] key = new int[2];
    int[] value = new int[2];
    int at = 0;
    while (at < content.length) {
      int most = Math.min(content.length, at + MAX_LINE);
      int end = at;
      while (end < most && content[end] != '\n') {
        end++;
      }
      int stop = at;
      while (stop < end && content[stop] != 0) {
        stop++;
      }
      if (content[at] != '#' && column(content, at, stop, keyColumn, key)) {
        if (column(content, at, stop, valueColumn, value)) {
          table.add(content, key[0], key[1], value[0], value[1]);
        } else {
          table.addBare(content, key[0], key[1]);
        }
      }
      // A line that is too long goes on as if the rest were the next one.
      at = end < content.length && content[end] == '\n' ? end + 1 : Math.max(end, at + 1);
    }
    return table.build();
  }

  /** Finds column {@code number} of a line; false if there is none. */
  private boolean column(byte[] text, int from, int to, int number, int[] range) {
    int delimiter = flags.columnDelimiter;
    if (from >= to || (number == 0 && delimiter != 0 && text[from] == (byte) delimiter)) {
      return false;
    }
    int begin = from;
    if (number == 0 && delimiter == 0) {
      begin = skip(text, begin, to);
    }
    for (int i = 0; i < number; i++) {
      begin = next(text, begin, to, delimiter);
      if (begin >= to) {
        return false;
      }
      begin++;
      if (delimiter == 0) {
        begin = skip(text, begin, to);
      }
    }
    range[0] = begin;
    range[1] = Math.min(next(text, begin, to, delimiter), begin + MAX_COLUMN);
    return true;
  }

  private static int skip(byte[] text, int from, int to) {
    int i = from;
    while (i < to && MapFlags.isSpace(text[i])) {
      i++;
    }
    return i;
  }

  private static int next(byte[] text, int from, int to, int delimiter) {
    int i = from;
    while (i < to
        && (delimiter == 0 ? text[i] != ' ' && text[i] != '\t' : text[i] != (byte) delimiter)) {
      i++;
    }
    return i;
  }
}
