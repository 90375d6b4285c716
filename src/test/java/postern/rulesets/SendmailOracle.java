package postern.rulesets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The installed sendmail, one process a session. */
public final class SendmailOracle implements Oracle {
  /**
   * Sent after each command, numbered. Sendmail answers that it knows no such command, which marks
   * the end of the output.
   */
  private static final String MARK = "/@@%06d";

  private static final Pattern MARK_ANSWER =
      Pattern.compile("> Unknown \"/\" command /@@[0-9]{6}\n");

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
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < commands.size(); i++) {
      input.append(commands.get(i)).append('\n').append(MARK.formatted(i)).append('\n');
    }
    String output = InstalledSendmail.run(arguments, input.toString()).output();
    int banner = output.indexOf("> ");
    if (!output.startsWith("ADDRESS TEST MODE") || banner < 0) {
      throw new AssertionError("sendmail complains about " + setup.cf() + ":\n" + output);
    }
    List<String> answers = new ArrayList<>();
    for (String answer : MARK_ANSWER.split(output.substring(banner), -1)) {
      answers.add(answer.startsWith("> ") ? answer.substring(2) : answer);
    }
    if (answers.size() != commands.size() + 1) {
      throw new AssertionError(
          "sendmail answered %d of %d commands:%n%s"
              .formatted(answers.size() - 1, commands.size(), output));
    }
    return List.copyOf(answers.subList(0, commands.size()));
  }

  /** What sendmail's address test mode says to {@code input} with the configuration {@code cf}. */
  public static String addressTest(Path cf, String input) {
    return InstalledSendmail.run(List.of("-C", cf.toString()), input).output();
  }
}
