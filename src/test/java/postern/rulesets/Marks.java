package postern.rulesets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Tells the answers of a session apart: after each command comes a numbered one that does not
 * exist, and the complaint about it ends the answer.
 */
final class Marks {
  private static final String MARK = "/@@%06d";

  private static final Pattern MARK_ANSWER =
      Pattern.compile("> Unknown \"/\" command /@@[0-9]{6}\n");

  private Marks() {}

  /** One answer a command, of a session that {@code program} turns from input into output. */
  static List<String> answers(Path cf, List<String> commands, UnaryOperator<String> program) {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < commands.size(); i++) {
      input.append(commands.get(i)).append('\n').append(MARK.formatted(i)).append('\n');
    }
    String output = program.apply(input.toString());
    int banner = output.indexOf("> ");
    if (!output.startsWith("ADDRESS TEST MODE") || banner < 0) {
      throw new AssertionError("complaints about " + cf + ":\n" + output);
    }
    List<String> answers = new ArrayList<>();
    for (String answer : MARK_ANSWER.split(output.substring(banner), -1)) {
      answers.add(answer.startsWith("> ") ? answer.substring(2) : answer);
    }
    if (answers.size() != commands.size() + 1) {
      throw new AssertionError(
          "%d of %d commands answered:%n%s".formatted(answers.size() - 1, commands.size(), output));
    }
    return List.copyOf(answers.subList(0, commands.size()));
  }
}
