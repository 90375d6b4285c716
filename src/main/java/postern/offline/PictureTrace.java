package postern.offline;

import java.util.ArrayList;
import java.util.List;
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

/** Keeps each step of an evaluation with the workspace before and after it, to be drawn. */
public final class PictureTrace implements Trace {
  private static final int MOST_STEPS = 2_000;

  /** What a step is. */
  public enum Kind {
    ENTER,
    RULE,
    LEAVE
  }

  /**
   * One operator of a rule and the words that it stood for: {@code [from, to)} of the workspace.
   */
  public record Binding(int from, int to) {}

  /**
   * One step.
   *
   * @param depth how many rule sets run around it
   * @param ruleSet the one that runs
   * @param place the rule, null if the step is none
   * @param failed lines of rules that were tried before and do not match
   * @param before words of the workspace before the step
   * @param bindings of a rule, {@code $1} first
   * @param notes look-ups and macros, in words
   * @param after words of the workspace after a rule; what went in or came out of a rule set
   */
  public record Step(
      Kind kind,
      int depth,
      String ruleSet,
      @Nullable Place place,
      List<Integer> failed,
      List<String> before,
      List<Binding> bindings,
      List<String> notes,
      List<String> after) {
    public Step {
      failed = List.copyOf(failed);
      before = List.copyOf(before);
      bindings = List.copyOf(bindings);
      notes = List.copyOf(notes);
      after = List.copyOf(after);
    }
  }

  private static final class Frame {
    final RuleSet set;
    final List<Integer> failed = new ArrayList<>();
    List<String> words;
    int base;
    @Nullable Rule rule;
    List<String> before = List.of();
    List<Binding> bindings = List.of();
    List<Integer> skipped = List.of();
    List<String> notes = new ArrayList<>();

    Frame(RuleSet set, List<String> words, int base) {
      this.set = set;
      this.words = words;
      this.base = base;
    }
  }

  private final Configuration configuration;
  private final List<Step> steps = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private boolean on;

  /** A trace that keeps nothing until {@link #begin}. */
  public PictureTrace(Configuration configuration) {
    this.configuration = configuration;
  }

  /** From now on steps are kept. */
  public void begin() {
    on = true;
  }

  /** The steps so far; the first 2,000. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }

  private void add(Step step) {
    if (on && steps.size() < MOST_STEPS) {
      steps.add(step);
    }
  }

  private @Nullable Frame top() {
    return frames.isEmpty() ? null : frames.get(frames.size() - 1);
  }

  @Override
  public Detail detail() {
    return Detail.RULES;
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    if (tokens == machine.tokens()) { // not called by a rule
      frames.clear();
    }
    List<String> words = words(machine, tokens, from, to);
    add(
        new Step(
            Kind.ENTER,
            frames.size(),
            set.name(),
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            words));
    frames.add(new Frame(set, words, from));
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    while (!frames.isEmpty() && frames.get(frames.size() - 1).set != set) {
      frames.remove(frames.size() - 1); // a rule set that faults is never left
    }
    if (frames.isEmpty()) {
      return;
    }
    Frame frame = frames.remove(frames.size() - 1);
    add(
        new Step(
            Kind.LEAVE,
            frames.size(),
            set.name(),
            null,
            frame.failed,
            List.of(),
            List.of(),
            List.of(),
            words(machine, tokens, from, to)));
  }

  @Override
  public void fails(Rule rule) {
    Frame frame = top();
    if (frame != null) {
      frame.failed.add(rule.span().line());
    }
  }

  @Override
  public void matches(Rule rule, Machine machine) {
    Frame frame = top();
    if (frame == null) {
      return;
    }
    frame.rule = rule;
    frame.before = frame.words;
    frame.skipped = List.copyOf(frame.failed);
    frame.failed.clear();
    List<Binding> bindings = new ArrayList<>();
    int[] pairs = machine.bindings();
    int size = frame.words.size();
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      int from = Math.max(0, Math.min(size, pairs[i] - frame.base));
      bindings.add(new Binding(from, Math.max(from, Math.min(size, pairs[i + 1] - frame.base))));
    }
    frame.bindings = bindings;
  }

  @Override
  public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
    while (frames.size() > 1 && frames.get(frames.size() - 1).rule != rule) {
      frames.remove(frames.size() - 1);
    }
    Frame frame = top();
    if (frame == null || frame.rule != rule) {
      return;
    }
    List<String> after = words(machine, tokens, from, to);
    add(
        new Step(
            Kind.RULE,
            frames.size(),
            frame.set.name(),
            on ? Place.of(configuration, frame.set.name(), rule) : null,
            frame.skipped,
            frame.before,
            frame.bindings,
            frame.notes,
            after));
    frame.words = after;
    frame.base = from;
    frame.notes = new ArrayList<>();
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    Frame frame = top();
    if (on && frame != null) {
      String shown =
          value == null ? "is not defined" : value.isEmpty() ? "is empty" : "is " + value;
      frame.notes.add("$&" + configuration.program().names().display(id) + " " + shown);
    }
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    Frame frame = top();
    if (on && frame != null) {
      String said =
          answer.isTemporaryFailure()
              ? "it cannot tell now"
              : answer.isFound() ? answer.value().toString() : "not found";
      frame.notes.add("map %s, %s: %s".formatted(map.name(), query.key(), said));
    }
  }

  private List<String> words(Machine machine, int[] tokens, int from, int to) {
    if (!on) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    for (int i = from; i < to; i++) {
      StringBuilder text = new StringBuilder();
      TokenText.print(machine.symbols().text(tokens[i]), configuration.program().names(), text);
      words.add(text.toString());
    }
    return words;
  }
}
