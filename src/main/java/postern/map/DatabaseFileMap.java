package postern.map;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.map.db.BadDatabaseException;
import postern.map.db.Database;
import postern.text.Bytes;
import postern.text.Symbols;

/**
 * A data base file, opened again whenever it changes. Keys are folded to lower case unless {@code
 * -f}; whether they end in a NUL byte ({@code -N}, {@code -O}) is found out by the first look-up
 * that succeeds. A file that is damaged, or being written, cannot tell: a temporary failure.
 */
final class DatabaseFileMap implements LookupMap {
  private final String className;
  private final String name;
  private final MapFlags flags;
  private final Path file;
  private final String fileName;
  private final boolean eager;
  private final WatchedFile watched;
  private volatile boolean tryPlain;
  private volatile boolean tryWithNull;
  private volatile @Nullable Database database;
  private volatile boolean reported;

  DatabaseFileMap(
      String className, String name, MapFlags flags, Path file, String fileName, boolean eager) {
    this.className = className;
    this.name = name;
    this.flags = flags;
    this.file = file;
    this.fileName = fileName;
    this.eager = eager;
    watched = new WatchedFile(file, eager);
    tryPlain = !flags.nullOnly;
    tryWithNull = !flags.noNull;
  }

  /** What is wrong with a file that is to be a data base of this class, or null. */
  static @Nullable String fault(String className, Path file) {
    try {
      connect(className, file).close();
      return null;
    } catch (IOException e) {
      return e instanceof BadDatabaseException ? e.getMessage() : FileSafety.words(e);
    }
  }

  private static Database connect(String className, Path file) throws IOException {
    Database database =
        className.equals("cdb") ? Database.openCdb(file) : Database.openBerkeley(file);
    if (!database.kind().equals(className)) {
      String kind = database.kind();
      database.close();
      throw new BadDatabaseException("a " + kind + " file, and the map is of class " + className);
    }
    return database;
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    try {
      if (!Files.isRegularFile(file)) {
        throw new MapUnavailableException(
            className + " map \"" + name + "\": unsafe map file " + fileName,
            Files.exists(file) ? "Regular files only" : "No such file or directory",
            true);
      }
      watched.changed();
      database = connect(className, file);
    } catch (BadDatabaseException e) {
      throw new MapUnavailableException(
          "Cannot open " + className + " database " + fileName,
          eager ? "Invalid argument" : String.valueOf(e.getMessage()),
          true);
    } catch (IOException e) {
      throw new MapUnavailableException(
          className + " map \"" + name + "\": unsafe map file " + fileName,
          FileSafety.words(e),
          true);
    }
  }

  @Override
  public List<FileFault> check() {
    String fault = fault(className, file);
    return fault == null ? List.of() : List.of(DatabaseText.damaged(file.toString(), fault));
  }

  @Override
  public void refresh() {
    watched.poke();
  }

  @Override
  public void lookup(Query query, Answer answer) {
    if (watched.mayHaveChanged() && (eager || !watched.isBeingWritten()) && watched.changed()) {
      reopen();
    }
    Database current = database;
    if (current == null) {
      answer.missing(Answer.TEMPORARY_FAILURE);
      return;
    }
    try {
      ask(current, query, answer);
    } catch (ClosedChannelException e) {
      retry(current, query, answer);
    } catch (IOException e) {
      fail(e, query, answer);
    }
  }

  /** Another thread has just opened the file anew, or one was stopped while it read. */
  private void retry(Database closed, Query query, Answer answer) {
    if (Thread.currentThread().isInterrupted()) {
      answer.missing(Answer.TEMPORARY_FAILURE);
      return;
    }
    synchronized (this) {
      if (closed.equals(database)) {
        reopen();
      }
    }
    Database current = database;
    try {
      if (current != null) {
        ask(current, query, answer);
        return;
      }
    } catch (IOException e) {
      fail(e, query, answer);
      return;
    }
    answer.missing(Answer.TEMPORARY_FAILURE);
  }

  private void fail(IOException e, Query query, Answer answer) {
    answer.missing(Answer.TEMPORARY_FAILURE);
    watched.poke(); // it may have been replaced
    if (!reported) {
      reported = true;
      String reason =
          e instanceof BadDatabaseException ? String.valueOf(e.getMessage()) : FileSafety.words(e);
      query.problems().report(className + " map \"" + name + "\": cannot read " + file, reason);
    }
  }

  private void ask(Database current, Query query, Answer answer) throws IOException {
    Bytes key = query.foldedKey();
    int length = Math.min(query.key().length(), FileMap.MAX_KEY);
    key.clear();
    key.append(query.key().array(), 0, length);
    if (!flags.keepCase) {
      byte[] bytes = key.array();
      for (int i = 0; i < length; i++) {
        bytes[i] = Symbols.lower(bytes[i]);
      }
    }
    Bytes value = query.rawValue();
    boolean found = false;
    if (tryPlain) {
      found = current.find(key.array(), 0, length, value);
      if (found) {
        tryWithNull = false;
      }
    }
    if (!found && tryWithNull) {
      key.append(0);
      found = current.find(key.array(), 0, length + 1, value);
      if (found) {
        tryPlain = false;
      }
    }
    if (found) {
      flags.format(value.array(), 0, value.length(), query, answer);
    } else {
      answer.missing(Answer.OK);
    }
  }

  private synchronized void reopen() {
    Database old = database;
    try {
      database = connect(className, file);
      reported = false;
    } catch (NoSuchFileException e) {
      if (eager) {
        return; // sendmail goes on with the file that it has open
      }
      database = null;
    } catch (IOException e) {
      database = null; // being written, or damaged: cannot tell
      watched.forget();
    }
    if (old != null) {
      try {
        old.close();
      } catch (IOException e) {
        // it was open for reading: nothing is lost
      }
    }
  }
}
