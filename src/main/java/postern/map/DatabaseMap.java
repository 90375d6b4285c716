package postern.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import postern.source.FileNames;

/**
 * Classes {@code hash}, {@code btree}, {@code cdb} and {@code implicit}: the data base file if
 * there is one, else, where {@code MapTextFallback} allows it, the text beside it that {@code
 * makemap} would make it from. If there are both, the data base counts, as for sendmail, and a text
 * that is newer draws a warning.
 */
final class DatabaseMap implements LookupMap {
  /** How long after a change of the text {@code makemap} may take to follow. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final String className;
  private final String name;
  private final MapFlags flags;
  private final boolean eager;
  private final BooleanSupplier textAllowed;
  private final Path file;
  private final String fileName;
  private final Path text;
  private final FileSafety safety;
  private volatile @Nullable LookupMap source;
  private volatile boolean fromText;
  private @Nullable FileTime warnedOf;
  private List<FileFault> faults = new ArrayList<>();

  DatabaseMap(
      String className,
      String name,
      MapFlags flags,
      boolean eager,
      FileSafety safety,
      BooleanSupplier textAllowed) {
    this.safety = safety;
    this.className = className;
    this.name = name;
    this.flags = flags;
    this.eager = eager;
    this.textAllowed = textAllowed;
    String suffix = className.equals("cdb") || isImplicitCdb() ? ".cdb" : ".db";
    String base =
        flags.file.endsWith(suffix)
            ? flags.file.substring(0, flags.file.length() - suffix.length())
            : flags.file;
    text = FileNames.path(base);
    fileName = base + suffix;
    file = FileNames.path(fileName);
  }

  private boolean isImplicit() {
    return className.equals("implicit");
  }

  /** The first format that is there: hash, then cdb. */
  private boolean isImplicitCdb() {
    return isImplicit()
        && !Files.exists(FileNames.path(flags.file + ".db"))
        && Files.exists(FileNames.path(flags.file + ".cdb"));
  }

  private String fileClass() {
    return isImplicit() ? (file.toString().endsWith(".cdb") ? "cdb" : "hash") : className;
  }

  private boolean mayReadText() {
    return !isImplicit() && textAllowed.getAsBoolean() && Files.isRegularFile(text);
  }

  private DatabaseFileMap fileMap() {
    return new DatabaseFileMap(fileClass(), name, flags, file, fileName, eager);
  }

  private DatabaseTextMap textMap() {
    return new DatabaseTextMap(name, flags, text, eager);
  }

  @Override
  public void open(Query.Problems problems) throws MapUnavailableException {
    try {
      String unsafe = safety.unsafe(file, FileSafety.MAPS, problems::notice);
      if (unsafe != null) {
        throw new MapUnavailableException(
            className + " map \"" + name + "\": unsafe map file " + fileName, unsafe, true);
      }
      if (Files.exists(file)) {
        use(fileMap(), false, problems);
      } else if (mayReadText()) {
        use(textMap(), true, problems);
      } else {
        throw new MapUnavailableException(
            className + " map \"" + name + "\": missing map file " + fileName,
            "No such file or directory",
            true);
      }
    } catch (MapUnavailableException e) {
      throw isImplicit() ? new MapUnavailableException("", "", true) : e;
    }
  }

  private void use(LookupMap map, boolean isText, Query.Problems problems)
      throws MapUnavailableException {
    map.open(problems);
    fromText = isText;
    source = map;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    java.util.Objects.requireNonNull(source).lookup(query, answer);
  }

  @Override
  public void refresh() {
    LookupMap current = source;
    if (current == null) {
      return;
    }
    try {
      boolean there = Files.exists(file);
      if (fromText && there && DatabaseFileMap.fault(fileClass(), file) == null) {
        use(fileMap(), false, Query.Problems.SILENT);
      } else if (!fromText && !there && mayReadText()) {
        use(textMap(), true, Query.Problems.SILENT);
      }
    } catch (MapUnavailableException e) {
      // What is open stays; the next time may be better.
    }
    java.util.Objects.requireNonNull(source).refresh();
    if (!fromText) {
      warnOfStaleFile();
    }
  }

  private synchronized void warnOfStaleFile() {
    FileTime changed = newerText();
    if (changed != null
        && !changed.equals(warnedOf)
        && changed.toMillis() + GRACE.toMillis() < System.currentTimeMillis()) {
      warnedOf = changed;
      faults.add(stale());
    }
  }

  /** When the text changed, if that was after the data base was made. */
  private @Nullable FileTime newerText() {
    try {
      if (!isImplicit() && Files.isRegularFile(text)) {
        FileTime changed = Files.getLastModifiedTime(text);
        return changed.compareTo(Files.getLastModifiedTime(file)) > 0 ? changed : null;
      }
    } catch (IOException e) {
      // one of them has just gone
    }
    return null;
  }

  private FileFault stale() {
    return DatabaseText.stale(file.toString(), text.toString());
  }

  @Override
  public List<FileFault> check() {
    if (Files.exists(file)) {
      List<FileFault> found = new ArrayList<>(fileMap().check());
      if (newerText() != null) {
        found.add(stale());
      }
      return found;
    }
    if (mayReadText()) {
      return textMap().check();
    }
    return flags.optional || isImplicit()
        ? List.of()
        : List.of(
            DatabaseText.missing(
                name, file.toString(), textAllowed.getAsBoolean() ? text.toString() : ""));
  }

  @Override
  public synchronized List<FileFault> takeFaults() {
    List<FileFault> taken = faults;
    faults = new ArrayList<>();
    LookupMap current = source;
    if (current != null) {
      taken.addAll(current.takeFaults());
    }
    return taken;
  }
}
