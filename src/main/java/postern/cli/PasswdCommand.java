package postern.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.sasl.PasswordFile;
import postern.sasl.Verifier;
import postern.source.Diagnostic;

/** {@code postern passwd FILE USER}: sets, removes and lists the users who may log in. */
final class PasswdCommand {
  private static final int LONGEST = 4096;

  private PasswdCommand() {}

  static int run(List<String> arguments, InputStream in, PrintStream out)
      throws UsageException, IOException {
    if (arguments.contains("--help")) {
      out.print(Help.PASSWD);
      return ExitStatus.OK;
    }
    List<String> rest = new ArrayList<>(arguments);
    boolean delete = rest.remove("--delete");
    boolean list = rest.remove("--list");
    if ((delete && list) || rest.size() != (list ? 1 : 2) || rest.get(0).startsWith("-")) {
      throw new UsageException("passwd: [--delete] FILE USER, or --list FILE");
    }
    Path path = Path.of(rest.get(0));
    boolean fresh = !Files.exists(path);
    if (fresh && (list || delete)) {
      System.err.println("postern: " + path + ": No such file or directory");
      return ExitStatus.CONFIGURATION;
    }
    PasswordFile file = fresh ? PasswordFile.empty() : PasswordFile.read(path);
    if (!file.good()) {
      for (Diagnostic problem : file.problems()) {
        System.err.println(problem.headline());
      }
      return ExitStatus.CONFIGURATION;
    }
    if (list) {
      file.users().keySet().forEach(out::println);
      return ExitStatus.OK;
    }
    String user = rest.get(1);
    try {
      if (delete) {
        PasswordFile without = file.with(user, null);
        if (without.users().size() == file.users().size()) {
          System.err.println("postern: " + path + ": no such user");
          return ExitStatus.DATA_ERROR;
        }
        without.write(path);
        return ExitStatus.OK;
      }
      file.with(user, null); // a name that cannot be is told before the password is asked
      String password = password(in);
      if (password == null) {
        System.err.println("postern: passwd: the two passwords differ, or there is none");
        return ExitStatus.DATA_ERROR;
      }
      file.with(user, Verifier.of(password)).write(path);
      return ExitStatus.OK;
    } catch (IllegalArgumentException e) {
      System.err.println("postern: passwd: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    }
  }

  /** Typed twice without echo, or the first line of a file or pipe. */
  @SuppressWarnings("SystemConsoleNull") // null in Java 17; see below for later ones
  private static @Nullable String password(InputStream in) throws IOException {
    Console console = System.console();
    if (console != null) {
      char[] first = console.readPassword("Password: ");
      char[] again = console.readPassword("Once more: ");
      // From Java 22 on a pipe is a console, too; it says the password once.
      boolean same = first != null && (again == null || java.util.Arrays.equals(first, again));
      return same ? new String(first) : null;
    }
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    StringBuilder line = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n' && line.length() < LONGEST; c = reader.read()) {
      line.append((char) c);
    }
    String text = line.toString();
    return text.isEmpty()
        ? null
        : text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
