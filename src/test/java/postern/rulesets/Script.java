package postern.rulesets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code .bt} file: commands for address test mode and what must come of them.
 *
 * <pre>
 * # comment
 * #! {Table}=file      before the configuration is read, -M{Table} is that file's full path
 * #! {Name}:value      the same with a value that is no file
 * #+ line              is added to a copy of the configuration
 * &gt; command
 * = tokens that the last rule set returned, or all that the command printed
 * </pre>
 *
 * A command without {@code =} may print anything.
 *
 * @param macros what the {@code #!} lines set
 * @param additions what the {@code #+} lines add
 */
record Script(Path file, Map<String, String> macros, List<String> additions, List<Step> steps) {

  /** A command and what must come of it; null if nothing is asked. */
  record Step(int line, String command, @Nullable String expected) {}

  static Script read(Path file) throws IOException {
    Map<String, String> macros = new HashMap<>();
    List<String> additions = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("#! {")) {
        int close = line.indexOf('}');
        String value = line.substring(close + 2);
        boolean isFile = line.charAt(close + 1) == '=';
        macros.put(
            line.substring(4, close),
            isFile ? file.resolveSibling(value).toAbsolutePath().toString() : value);
      } else if (line.startsWith("#+ ")) {
        additions.add(line.substring(3));
      } else if (line.startsWith("> ")) {
        boolean asked = i + 1 < lines.size() && lines.get(i + 1).startsWith("=");
        String expected = asked ? lines.get(i + 1).substring(1).strip() : null;
        steps.add(new Step(i + 1, line.substring(2), expected));
        i += asked ? 1 : 0;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IOException(
            "%s:%d: neither command nor comment: %s".formatted(file, i + 1, line));
      }
    }
    return new Script(file, macros, additions, steps);
  }

  /** The configuration with the additions. */
  Setup setup(Path cf) throws IOException {
    if (additions.isEmpty()) {
      return new Setup(cf, macros);
    }
    String text = Files.readString(cf) + String.join("\n", additions) + "\n";
    return new Setup(Scratch.file(cf.getFileName().toString(), text), macros);
  }

  /** Runs the script; one line for each answer that is not as expected. */
  List<String> differences(Oracle oracle) {
    List<String> answers = oracle.run(steps.stream().map(Step::command).toList());
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      String got = Oracle.verdict(answers.get(i));
      if (step.expected() != null && !step.expected().equals(got)) {
        differences.add(
            "%s:%d: %s%n  expected %s%n  got      %s"
                .formatted(file, step.line(), step.command(), step.expected(), got));
      }
    }
    return differences;
  }
}
