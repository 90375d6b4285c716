package postern.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program's entry point: one picocli command, exit codes of {@code sysexits.h}. */
@Command(
    name = "postern",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "A sendmail-compatible rule-set policy engine with an SMTP gateway around it.")
public final class Main implements Runnable {
  private Main() {}

  /** Runs the command line and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public void run() {
    new CommandLine(this).usage(System.out);
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"postern " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
