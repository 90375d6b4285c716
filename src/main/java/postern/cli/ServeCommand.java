package postern.cli;

import java.util.List;

/** {@code postern serve}. */
final class ServeCommand {
  private ServeCommand() {}

  static int run(List<String> arguments) throws UsageException {
    throw new UsageException("serve is being put together");
  }
}
