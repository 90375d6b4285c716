package postern.gateway;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** The gateway cannot start; each problem is one clear sentence. */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1;

  private final int exitCode;
  private final transient List<String> problems;

  /**
   * Why not.
   *
   * @param exitCode for the command (78 configuration, 71 operating system, 69 unavailable)
   */
  public StartupException(int exitCode, List<String> problems) {
    super(String.join("; ", problems));
    this.exitCode = exitCode;
    this.problems = List.copyOf(problems);
  }

  public StartupException(int exitCode, String problem) {
    this(exitCode, List.of(problem));
  }

  /** What {@code e} says, in one line: what happened to which file, or the cause's words. */
  public static String words(Throwable e) {
    if (e instanceof NoSuchFileException f) {
      return f.getFile() + ": No such file or directory";
    }
    if (e instanceof AccessDeniedException f) {
      return f.getFile() + ": Permission denied";
    }
    String message = String.valueOf(e.getMessage());
    Throwable cause = e.getCause();
    return cause == null || message.endsWith(String.valueOf(cause.getMessage()))
        ? message
        : message + ": " + cause.getMessage();
  }

  public int exitCode() {
    return exitCode;
  }

  public List<String> problems() {
    return problems;
  }
}
