package postern.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Runs a command of the program's within this Java VM and keeps what it said. */
final class Terminal {
  private Terminal() {}

  /** A command's exit status and what it wrote to either stream. */
  record Said(int status, String out, String err) {}

  static Said run(Path folder, Callable<Integer> command) throws Exception {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    ByteArrayOutputStream toErr = new ByteArrayOutputStream();
    System.setProperty("postern.home", Path.of("").toAbsolutePath().toString());
    System.setProperty("postern.var", folder.resolve("var").toString());
    System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
    try {
      int status = command.call();
      return new Said(
          status, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
      System.clearProperty("postern.home");
      System.clearProperty("postern.var");
    }
  }
}
