package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;

/** A map read from a text file into memory, again whenever the file changes. */
abstract class FileMap implements LookupMap {
  /** Longest key that counts, in bytes. */
  static final int MAX_KEY = 256;

  final String name;
  final MapFlags flags;
  private final boolean eager;
  private @Nullable WatchedFile watched;
  private List<FileFault> faults = List.of();
  private volatile @Nullable KeyTable table;

  /**
   * A map that is not open yet.
   *
   * @param eager whether to look for a new file before every answer, and to give up when there is
   *     none, as sendmail does; otherwise when told to, and a missing file is a temporary failure
   */
  FileMap(String name, MapFlags flags, boolean eager) {
    this.name = name;
    this.flags = flags;
    this.eager = eager;
  }

  final void watch(Path path) throws IOException {
    WatchedFile file = new WatchedFile(path, eager);
    file.changed();
    table = read(Files.readAllBytes(path));
    watched = file;
  }

  /** Builds the table from the file's content. */
  abstract KeyTable read(byte[] content);

  /** What is wrong with content that is to be used; reading it is possible all the same. */
  List<FileFault> faults(Path file, byte[] content) {
    return List.of();
  }

  /** Status of a key that is not there: classes differ. */
  abstract int notFound();

  @Override
  public void refresh() {
    if (watched != null) {
      watched.poke();
      reload(watched);
    }
  }

  @Override
  public synchronized List<FileFault> takeFaults() {
    List<FileFault> taken = faults;
    faults = List.of();
    return taken;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    WatchedFile file = java.util.Objects.requireNonNull(watched);
    if (file.mayHaveChanged()) {
      reload(file);
    }
    KeyTable current = table;
    if (current == null) {
      if (eager) {
        answer.lost(Answer.UNAVAILABLE);
      } else {
        answer.missing(Answer.TEMPORARY_FAILURE);
      }
      return;
    }
    Bytes key = query.key();
    int entry = current.find(key.array(), 0, Math.min(key.length(), MAX_KEY));
    if (entry < 0 || !current.hasValue(entry)) {
      answer.missing(notFound());
    } else if (flags.takesValues() && current.isLiteral(entry) && query.witness() == null) {
      answer.found(current, entry);
    } else {
      flags.format(
          current.arena(), current.valueStart(entry), current.valueEnd(entry), query, answer);
    }
  }

  private synchronized void reload(WatchedFile file) {
    if ((!eager && file.isBeingWritten()) || !file.changed()) {
      return;
    }
    try {
      byte[] content = Files.readAllBytes(file.path());
      faults = eager ? List.of() : faults(file.path(), content);
      // A mistake in a new version must not undo what the old one demands.
      if (table == null || faults.stream().noneMatch(FileFault::isError)) {
        table = read(content);
      }
    } catch (IOException e) {
      table = null; // the file is being replaced, or gone: cannot tell
    }
  }
}
