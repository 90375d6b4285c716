package postern.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.cf.Configuration;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.rule.Machine;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;
import postern.text.TokenText;

/**
 * Writes down each step of an evaluation for people: rule sets entered and left, the rules that
 * were tried, what their operators stood for, look-ups and run-time macros.
 */
public final class StepTrace implements Trace {
  private final Configuration configuration;
  private final Consumer<String> out;
  private final List<Integer> failed = new ArrayList<>();
  private final List<int[]> vectors = new ArrayList<>();
  private boolean on;
  private int depth;

  /**
   * A trace, silent until {@link #begin}.
   *
   * @param out takes each line
   */
  public StepTrace(Configuration configuration, Consumer<String> out) {
    this.configuration = configuration;
    this.out = out;
  }

  /** From now on everything is written down. */
  public void begin() {
    on = true;
  }

  /** Writes what is left and falls silent. */
  public void end() {
    flush();
    on = false;
  }

  @Override
  public Detail detail() {
    return Detail.RULES;
  }

  private void line(String text) {
    if (on) {
      String indent = "  ".repeat(Math.min(depth, 12));
      out.accept(Words.wrap(indent + text, Words.WIDTH, indent + "      "));
    }
  }

  private void flush() {
    if (!failed.isEmpty()) {
      line(
          failed.size() == 1
              ? "line " + failed.get(0) + " does not match"
              : "lines " + ranges(failed) + " do not match");
      failed.clear();
    }
  }

  private static String ranges(List<Integer> lines) {
    if (lines.size() <= 4) {
      return String.join(", ", lines.stream().map(String::valueOf).toList());
    }
    return lines.get(0) + " to " + lines.get(lines.size() - 1);
  }

  @Override
  public void fault(String message, String cause) {
    line("  fault: " + message + (cause.isEmpty() ? "" : ": " + cause));
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    flush();
    if (tokens == machine.tokens()) { // not called by a rule
      depth = 0;
      vectors.clear();
    }
    line(set.name() + " is given: " + show(machine, tokens, from, to));
    vectors.add(tokens);
    depth++;
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    flush();
    depth = Math.max(0, depth - 1);
    if (!vectors.isEmpty()) {
      vectors.remove(vectors.size() - 1);
    }
    line(set.name() + " returns: " + show(machine, tokens, from, to));
  }

  @Override
  public void fails(Rule rule) {
    failed.add(rule.span().line());
  }

  @Override
  public void matches(Rule rule, Machine machine) {
    flush();
    if (on) {
      line("line " + Place.of(configuration, "", rule).line() + " matches");
      line("  " + Place.of(configuration, "", rule).source());
      bindings(machine);
    }
  }

  /** What each operator of the left-hand side stands for. */
  private void bindings(Machine machine) {
    if (vectors.isEmpty()) {
      return;
    }
    int[] vector = vectors.get(vectors.size() - 1);
    int[] pairs = machine.bindings();
    for (int i = 0; i < pairs.length; i += 2) {
      line(
          "  $"
              + (i / 2 + 1)
              + (pairs[i] == pairs[i + 1]
                  ? " is nothing"
                  : " is: " + show(machine, vector, pairs[i], pairs[i + 1])));
    }
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    if (on) {
      line(
          "  $&"
              + configuration.program().names().display(id)
              + (value == null
                  ? " is not defined"
                  : value.isEmpty() ? " is empty" : " is: " + value));
    }
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    if (!on) {
      return;
    }
    StringBuilder question = new StringBuilder(map.name());
    question.append(" is asked for ").append(query.key().isEmpty() ? "\"\"" : query.key());
    for (int i = 1; i <= query.arguments(); i++) {
      question.append(i == 1 ? " with " : ", ").append(query.argument(i));
    }
    line(
        "  "
            + question
            + (answer.isTemporaryFailure()
                ? ": it cannot tell now"
                : answer.isFound() ? ": " + answer.value() : ": not found"));
  }

  @Override
  public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
    line("  now: " + show(machine, tokens, from, to));
  }

  private String show(Machine machine, int[] tokens, int from, int to) {
    if (!on) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i > from ? " " : "");
      TokenText.print(machine.symbols().text(tokens[i]), configuration.program().names(), text);
    }
    return text.isEmpty() ? "(nothing)" : text.toString();
  }
}
