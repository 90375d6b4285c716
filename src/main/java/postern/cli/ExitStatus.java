package postern.cli;

/** The exit status that builds up: the first one stays, except that 75 gives way. */
final class ExitStatus {
  static final int OK = 0;
  static final int USAGE = 64;
  static final int DATA_ERROR = 65;
  static final int UNAVAILABLE = 69;
  static final int SOFTWARE = 70;
  static final int OS_ERROR = 71;
  static final int OS_FILE = 72;
  static final int TEMPORARY_FAILURE = 75;
  static final int CONFIGURATION = 78;

  /** Stopped by Ctrl-C, after what was done so far was printed: 128 and the number of SIGINT. */
  static final int INTERRUPTED = 130;

  private int value;

  int value() {
    return value;
  }

  /** What the process ends with: a temporary failure is none when all is over. */
  int last() {
    return value == TEMPORARY_FAILURE ? OK : value;
  }

  void set(int status) {
    if (value == OK || value == TEMPORARY_FAILURE) {
      value = status;
    }
  }

  /** Whatever was before. */
  void replace(int status) {
    value = status;
  }

  /** A fault of the configuration or of the rules. */
  void fault(boolean withOsError) {
    if (value == OK) {
      value = withOsError ? OS_ERROR : SOFTWARE;
    }
  }
}
