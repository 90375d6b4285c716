package postern.cf.mc;

import java.util.List;

/**
 * A whole configuration, made of the stock rule sets and an {@code .mc} file.
 *
 * @param lines its lines, each with the file and line it comes from: what a reader says of line n
 *     of {@link #text} belongs to {@code lines.get(n - 1)}
 * @param problems what the stock rule sets cannot do; an error means that the text is not to be
 *     used
 */
public record McAssembly(List<McBlock.Line> lines, List<McProblem> problems) {
  public McAssembly {
    lines = List.copyOf(lines);
    problems = List.copyOf(problems);
  }

  /** The configuration as text of a {@code .cf} file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }

  /** Whether the text does what the {@code .mc} file says. */
  public boolean usable() {
    return problems.stream().noneMatch(McProblem::error);
  }
}
