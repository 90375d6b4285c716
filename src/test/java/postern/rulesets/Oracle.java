package postern.rulesets;

import java.util.List;

/** Something that runs a configuration in address test mode ({@code -bt}). */
interface Oracle {

  /**
   * Runs all commands in one session.
   *
   * @return what each of them printed, prompts left out, in the order of the commands
   */
  List<String> run(List<String> commands);

  /**
   * The tokens that the last rule set of a command returned, as printed: {@code $# error $@ 4 . 7 .
   * 0 $: 454 " not authenticated"}. What was printed, if no rule set returned.
   */
  static String verdict(String output) {
    String marker = " returns:";
    return output
        .lines()
        .filter(line -> line.startsWith(marker, 16))
        .reduce((first, second) -> second)
        .map(line -> line.substring(16 + marker.length()).strip())
        .orElseGet(output::strip);
  }
}
