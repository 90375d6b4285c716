package postern.gateway;

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

  public int exitCode() {
    return exitCode;
  }

  public List<String> problems() {
    return problems;
  }
}
