package postern.rulesets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The installed sendmail, one process a session. */
public final class SendmailOracle implements Oracle {
  private final Setup setup;

  SendmailOracle(Setup setup) {
    this.setup = setup;
  }

  /** Why sendmail cannot be asked on this machine, if so. */
  public static Optional<String> missing() {
    return InstalledSendmail.missing();
  }

  @Override
  public List<String> run(List<String> commands) {
    List<String> arguments = new ArrayList<>(List.of("-C", setup.cf().toString()));
    setup.macros().forEach((name, value) -> arguments.add("-M{" + name + "}" + value));
    return Marks.answers(
        setup.cf(), commands, input -> InstalledSendmail.run(arguments, input).output());
  }

  /** What sendmail's address test mode says to {@code input} with the configuration {@code cf}. */
  public static String addressTest(Path cf, String input) {
    return InstalledSendmail.run(List.of("-C", cf.toString()), input).output();
  }
}
