package postern.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;

/**
 * Where the program begins. sendmail's own switches ({@code -bt}, {@code -bD} ...) are read by
 * {@link SendmailSwitches}; the commands that are Postern's are classes of their own.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int status;
    try {
      status = run(List.of(arguments));
    } catch (UsageException e) {
      System.err.println("postern: " + e.getMessage() + " (postern --help)");
      status = ExitStatus.USAGE;
    } catch (IOException e) {
      System.err.println("postern: " + words(e));
      status = ExitStatus.OS_ERROR;
    }
    System.out.flush();
    System.exit(status);
  }

  /** What went wrong with a file: Java's exceptions often name nothing but the file. */
  static String words(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      String why =
          e instanceof NoSuchFileException
              ? "no such file or directory"
              : e instanceof AccessDeniedException
                  ? "permission denied"
                  : e instanceof FileAlreadyExistsException ? "exists already" : "cannot be used";
      return file.getFile() + ": " + why;
    }
    return String.valueOf(e.getMessage());
  }

  private static int run(List<String> arguments) throws IOException, UsageException {
    if (arguments.isEmpty()) {
      System.out.print(Help.TEXT);
      return ExitStatus.USAGE;
    }
    String first = arguments.get(0);
    List<String> rest = arguments.subList(1, arguments.size());
    switch (first.toLowerCase(Locale.ROOT)) {
      case "--help", "-h", "help" -> {
        System.out.print(Help.TEXT);
        return ExitStatus.OK;
      }
      case "--version" -> {
        System.out.println("Postern " + Version.TEXT);
        return ExitStatus.OK;
      }
      case "serve" -> {
        return ServeCommand.run(rest);
      }
      case "check" -> {
        return CheckCommand.run(rest, System.out);
      }
      case "status" -> {
        return StatusCommand.run(rest, System.out);
      }
      case "passwd" -> {
        return PasswdCommand.run(rest, System.in, System.out);
      }
      case "makemap" -> {
        if (rest.equals(List.of("--help"))) {
          System.out.print(Help.MAKEMAP);
          return ExitStatus.OK;
        }
        return MakemapCommand.run(rest, System.in, System.out, System.err);
      }
      case "queue" -> {
        return QueueCommand.run(rest, System.out, System.err);
      }
      case "explain" -> {
        return ExplainCommand.run(rest, System.out);
      }
      case "test" -> {
        return TestCommand.run(rest, System.out);
      }
      case "diff" -> {
        return DiffCommand.run(rest, System.out);
      }
      case "bench" -> {
        return BenchCommand.run(rest, System.out);
      }
      case "suggest" -> {
        return SuggestCommand.run(rest, System.out);
      }
      case "replay" -> {
        return ReplayCommand.run(rest, System.out);
      }
      default -> {
        if (!first.startsWith("-")) {
          throw new UsageException("no such command: " + first);
        }
      }
    }
    if (AddressTestCommand.isMeant(arguments)) {
      return AddressTestCommand.run(
          arguments, System.in, new FileOutputStream(FileDescriptor.out), System.err);
    }
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    return switch (switches.mode()) {
      case "d", "D" -> ServeCommand.run(arguments);
      case "C" ->
          CheckCommand.sendmailStyle(
              switches,
              new PrintStream(
                  new FileOutputStream(FileDescriptor.out),
                  true,
                  java.nio.charset.StandardCharsets.ISO_8859_1));
      default -> throw new UsageException("mode -b" + switches.mode() + " is not for Postern");
    };
  }
}
