package postern.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.map.db.BadDatabaseException;
import postern.map.db.Database;
import postern.text.Bytes;

/**
 * {@code postern makemap}: sendmail's makemap, with its arguments, words and exit codes. Writes
 * cdb; reads ({@code -u}) cdb and Berkeley DB. A file that exists is replaced as a whole, so that
 * no reader ever sees half of one.
 */
final class MakemapCommand {
  private static final String USAGE =
      """
      Usage: makemap [-C cffile] [-N] [-c cachesize] [-D commentchar]
                     [-d] [-e] [-f] [-i type] [-l] [-o] [-r] [-s] [-t delimiter]
                     [-u] [-v] type mapname
      """;

  private static final int CANNOT_CREATE = 73;
  private static final int IO_ERROR = 74;
  private static final int NO_INPUT = 66;

  /** Data base types that the real one knows. */
  private static final Set<String> READABLE = Set.of("hash", "btree", "cdb");

  private final Options options;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  /** What the switches say. */
  private static final class Options {
    boolean withNull;
    boolean duplicates;
    boolean emptyValues;
    boolean foldCase = true;
    boolean list;
    boolean listSuffixes;
    boolean append;
    boolean replace;
    boolean dump;
    boolean verbose;
    char comment = '#';
    char separator;
    String fallback = "";
    @Nullable String configuration;
    String type = "";
    String name = "";
  }

  private MakemapCommand(Options options, InputStream in, PrintStream out, PrintStream err) {
    this.options = options;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  static int run(List<String> arguments, InputStream in, PrintStream out, PrintStream err)
      throws IOException {
    Options options = new Options();
    Getopt given = Getopt.split(arguments, "C:D:Nc:defi:lorst:uvx");
    String problem = given.problem();
    if (problem != null) {
      err.println(
          "makemap: "
              + problem.replaceFirst("^illegal", "invalid").replaceFirst("-- (.)$", "-- '$1'"));
      err.print(USAGE);
      return ExitStatus.USAGE;
    }
    given.switches().forEach(one -> set(options, one.letter(), one.value()));
    MakemapCommand command = new MakemapCommand(options, in, out, err);
    if (options.list || options.listSuffixes) {
      out.println(options.list ? "cdb\nimplicit" : "cdb:cdb\nimplicit:");
      return ExitStatus.OK;
    }
    if (given.rest().size() != 2) {
      err.print(USAGE);
      return ExitStatus.USAGE;
    }
    options.type = given.rest().get(0);
    options.name = given.rest().get(1);
    return options.dump ? command.dump() : command.make();
  }

  private static void set(Options options, char letter, String value) {
    switch (letter) {
      case 'C' -> options.configuration = value;
      case 'D' -> options.comment = value.isEmpty() ? '\0' : value.charAt(0);
      case 'N' -> options.withNull = true;
      case 'd' -> options.duplicates = true;
      case 'e' -> options.emptyValues = true;
      case 'f' -> options.foldCase = false;
      case 'i' -> options.fallback = value;
      case 'l' -> options.list = true;
      case 'o' -> options.append = true;
      case 'r' -> options.replace = true;
      case 't' -> options.separator = value.isEmpty() ? '\0' : value.charAt(0);
      case 'u' -> options.dump = true;
      case 'v' -> options.verbose = true;
      case 'x' -> options.listSuffixes = true;
      default -> {} // -c: there is no cache to size; -s: nothing is written through links
    }
  }

  private int failOpening(String type, String why) {
    err.println("makemap: error opening type " + type + " map " + options.name + ": " + why);
    return CANNOT_CREATE;
  }

  private static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    return e instanceof java.nio.file.AccessDeniedException
        ? "Permission denied"
        : String.valueOf(e.getMessage());
  }

  private Path file(String type) {
    String suffix = type.equals("cdb") ? ".cdb" : ".db";
    return Path.of(options.name.endsWith(suffix) ? options.name : options.name + suffix);
  }

  // ---- Reading ----

  private int dump() throws IOException {
    String type = options.type;
    if (type.equals("implicit")) {
      type = Files.exists(file("hash")) ? "hash" : "cdb";
    }
    if (!READABLE.contains(type)) {
      return failOpening(options.type, "Unknown database type");
    }
    OutputStream to = new BufferedOutputStream(out, 1 << 16);
    char separator = options.separator == 0 ? '\t' : options.separator;
    try (Database database = open(type)) {
      if (!database.kind().equals(type)) {
        return failOpening(type, "Invalid argument");
      }
      database.forEach(
          (key, value) -> {
            write(key, to);
            to.write(separator);
            write(value, to);
            to.write('\n');
          });
      to.flush();
      return ExitStatus.OK;
    } catch (BadDatabaseException e) {
      to.flush();
      err.println(
          "makemap: error reading type " + type + " map " + options.name + ": " + e.getMessage());
      return IO_ERROR;
    } catch (IOException e) {
      return failOpening(type, words(e));
    }
  }

  private Database open(String type) throws IOException {
    return type.equals("cdb") ? Database.openCdb(file(type)) : Database.openBerkeley(file(type));
  }

  /** Without the NUL at its end that {@code -N} puts there. */
  private static void write(Bytes text, OutputStream to) throws IOException {
    int length = text.length();
    if (length > 0 && text.at(length - 1) == 0) {
      length--;
    }
    to.write(text.array(), 0, length);
  }

  // ---- Writing ----

  private int make() throws IOException {
    UserPrincipal owner = null;
    if (options.configuration != null) {
      Path cf = Path.of(options.configuration);
      if (!Files.isReadable(cf)) {
        err.println(
            "makemap: "
                + options.configuration
                + (Files.exists(cf) ? ": Permission denied" : ": No such file or directory"));
        return NO_INPUT;
      }
      owner = MakemapFile.trustedUser(cf);
    }
    String type = options.type;
    if ((type.equals("hash") || type.equals("btree")) && !options.fallback.isEmpty()) {
      type = options.fallback;
    }
    switch (type) {
      case "cdb", "implicit" -> {}
      case "hash", "btree" -> {
        err.println(
            ("makemap: %s files can be read here (-u), not written. Write cdb: makemap cdb %s, and"
                    + " a K line of class cdb; or let sendmail's makemap write the %s file.")
                .formatted(type, options.name, type));
        return ExitStatus.UNAVAILABLE;
      }
      default -> {
        return failOpening(options.type, "Unknown database type");
      }
    }
    Path file = file("cdb");
    if (Files.isSymbolicLink(file) && Files.exists(file)) {
      file = file.toRealPath();
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return failOpening(type, "Regular files only");
    }
    MakemapInput entries = new MakemapInput(options.duplicates, options.replace);
    try {
      if (options.append) {
        try (Database old = Database.openCdb(file)) {
          old.forEach((key, value) -> entries.keep(key.toString(), value.toString()));
        }
      }
    } catch (IOException e) {
      return failOpening(type, e instanceof BadDatabaseException ? "Invalid argument" : words(e));
    }
    MakemapFile fresh;
    try {
      fresh = MakemapFile.beside(file);
    } catch (IOException e) {
      return failOpening(type, words(e));
    }
    try (fresh) {
      int status = read(entries);
      fresh.store(entries);
      fresh.replace(owner);
      return status;
    } catch (IOException e) {
      err.println("makemap: " + options.name + ": " + words(e) + "; the old file is as it was");
      return IO_ERROR;
    }
  }

  private int read(MakemapInput entries) throws IOException {
    MakemapInput.Lines lines = new MakemapInput.Lines(new BufferedInputStream(in, 1 << 16));
    int status = ExitStatus.OK;
    while (lines.next()) {
      String problem = line(lines, entries);
      if (problem != null) {
        out.flush();
        err.print("makemap: " + options.name + ": line " + lines.number() + ": ");
        byte[] said = (problem + "\n").getBytes(StandardCharsets.ISO_8859_1); // keys are bytes
        err.write(said, 0, said.length);
        err.flush();
        status = ExitStatus.DATA_ERROR;
      }
    }
    return status;
  }

  /** Takes one line; returns what is wrong with it. */
  private @Nullable String line(MakemapInput.Lines lines, MakemapInput entries) {
    String line = lines.text();
    if (lines.isCut()) {
      return "line too long (" + MakemapInput.Lines.MOST + " bytes max)";
    }
    if (line.isEmpty() || line.charAt(0) == options.comment) {
      return null;
    }
    if (options.separator == 0 && isSpace(line.charAt(0))) {
      return "syntax error (leading space)";
    }
    int end = 0;
    while (end < line.length() && !separates(line.charAt(end))) {
      end++;
    }
    int start = Math.min(line.length(), end + 1);
    while (options.separator == 0 && start < line.length() && isSpace(line.charAt(start))) {
      start++;
    }
    String key = options.foldCase ? lower(line.substring(0, end)) : line.substring(0, end);
    String value = line.substring(start);
    if (value.isEmpty() && !options.emptyValues) {
      return "no RHS for LHS " + key;
    }
    if (options.verbose) {
      byte[] said =
          ("key=`" + key + "', val=`" + value + "'\n").getBytes(StandardCharsets.ISO_8859_1);
      out.write(said, 0, said.length);
    }
    String end0 = options.withNull ? "\0" : "";
    return entries.add(key + end0, value + end0) ? null : "key " + key + ": duplicate key";
  }

  private boolean separates(char c) {
    return options.separator == 0 ? isSpace(c) : c == options.separator;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** ASCII letters only: everything else is bytes of an encoding that is not known. */
  private static String lower(String text) {
    StringBuilder folded = new StringBuilder(text);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, Character.toLowerCase(c));
      }
    }
    return folded.toString();
  }
}
