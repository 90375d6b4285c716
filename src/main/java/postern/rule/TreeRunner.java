package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import postern.map.Numbers;
import postern.text.Classes;
import postern.text.Symbols;

/**
 * Runs the {@link DecisionTree} of a program for one machine: takes the words of a workspace as the
 * tree's variables and goes from node to node. Where the tree ends, the interpreter runs the
 * evaluation from the beginning, and is told what has come in from outside so far ({@link Replay}).
 */
final class TreeRunner {
  /** Most bytes of the variables in a default. */
  static final int MOST_DEFAULT = 300;

  private final Machine machine;
  private final Trace trace;
  private final boolean traced;
  private final Program program;
  private final Symbols symbols;
  private final Classes classes;
  private final TreeQuestions outside;
  private final Outcome outcome = new Outcome();
  private final int[] phrase = new int[DecisionTree.MOST_TOKENS + 2];
  private final TreeValues variables = new TreeValues();
  private final int[] values = variables.tokens;
  private final int[] words = new int[TreeValues.MOST + 2];
  private @Nullable SplitText[] answers = new SplitText[16];
  private @Nullable DecisionTree tree;

  // Where the tree ended, and whether it can grow there.
  private Shape.@Nullable Entry entry;
  private @Nullable Shape shape;
  private @Nullable TreeNode end;

  /** How many evaluations it has brought to their end. */
  long completed;

  private int told;

  // The shape of the last result, whose words are the variables then.
  private @Nullable Shape resultShape;

  /** How many tokens the result has. */
  int count;

  /** Whether the tree may go on with the result. */
  boolean plain;

  /** What a node met that leads nowhere yet. */
  static final class Outcome {
    private static final int[] NOTHING = {};

    private boolean known;
    private int answer;
    private @Nullable Shape shape;
    private int flags;

    private void forget() {
      known = false;
    }

    void answered(int newAnswer) {
      known = true;
      answer = newAnswer;
      shape = null;
      flags = 0;
    }

    void came(@Nullable Shape newShape, int newFlags) {
      known = true;
      answer = 0;
      shape = newShape;
      flags = newFlags;
    }

    int answer() {
      return answer;
    }

    @Nullable Shape shape() {
      return shape;
    }

    int flags() {
      return flags;
    }

    int[] words() {
      return shape == null ? NOTHING : shape.words;
    }
  }

  /**
   * A runner that belongs to {@code machine}.
   *
   * @param trace wants to know of rule sets, or of nothing
   */
  TreeRunner(
      Machine machine, Program program, Symbols symbols, TreeQuestions outside, Trace trace) {
    this.machine = machine;
    this.trace = trace;
    traced = trace.detail() != Trace.Detail.NOTHING;
    this.program = program;
    this.symbols = symbols;
    this.outside = outside;
    classes = program.classes();
  }

  /**
   * Runs a rule set.
   *
   * @param workspace {@code count} tokens, and where the result goes
   * @param ready whether the workspace is the last result, which nobody has touched
   * @return its status; -1 if the interpreter must do it, to which {@link TreeQuestions#replay} was
   *     told what had happened
   */
  int run(int number, int[] workspace, int size, boolean ready) {
    Shape whole = ready ? resultShape : null;
    DecisionTree before = tree;
    entry = null;
    end = null;
    told = 0;
    if (size > DecisionTree.MOST_TOKENS || symbols.holdsOdd() || trace.watches()) {
      return -1;
    }
    DecisionTree now = program.tree(traced);
    tree = now;
    if (now == null) {
      return -1;
    }
    if (whole == null || before != now) {
      whole = classify(now, workspace, size, 0);
      if (whole == null) {
        return -1;
      }
    }
    Shape.Entry begin = whole.entry(number);
    TreeNode node = begin.start;
    if (node == null) {
      if (++begin.count >= now.after) {
        entry = begin;
        shape = whole;
      }
      return -1;
    }
    outcome.forget();
    if (traced) {
      told++;
      trace.enter(program.ruleSet(number), machine, workspace, 0, size);
    }
    while (true) {
      TreeNode next = node.next(this);
      if (next == null) {
        break;
      }
      node = next;
    }
    if (node instanceof TreeNode.Result result) {
      write(result, workspace);
      count = result.tokens.length;
      plain = result.plain;
      completed++;
      if (traced) {
        trace.leave(program.ruleSet(number), machine, workspace, 0, count);
      }
      return result.status;
    }
    end = node;
    outside.replay(node, values);
    return -1;
  }

  /** Writes a result, and takes its words as variables: another rule set may go on with it. */
  private void write(TreeNode.Result result, int[] workspace) {
    int[] tokens = result.tokens;
    int n = tokens.length;
    for (int i = 0; i < n; i++) {
      int token = tokens[i];
      workspace[i] = token >= 0 ? token : values[~token];
    }
    resultShape = result.shape;
    if (resultShape != null) {
      for (int i = 0; i < n; i++) {
        values[i] = workspace[i];
      }
    }
  }

  /** The interpreter has run where there was no tree: it is made to reach further. */
  void grow() {
    DecisionTree now = tree;
    TreeNode node = end;
    if (now == null) {
      return;
    }
    if (entry != null && shape != null) {
      now.plant(entry, shape);
    } else if (node != null && outcome.known) {
      now.grow(node, outcome);
    }
  }

  /** Takes words as variables from {@code at} on; the shape is null if there are too many. */
  private @Nullable Shape classify(DecisionTree by, int[] tokens, int n, int at) {
    symbols.fold(tokens, 0, n, words);
    int hash = n;
    for (int i = 0; i < n; i++) {
      values[at + i] = tokens[i];
      int known = by.word(words[i]);
      words[i] = known;
      hash = DecisionTree.hash(hash, known);
    }
    return by.shape(words, n, hash);
  }

  /** How much of what the interpreter has to tell has been told. */
  int told() {
    return told;
  }

  void tell(TreeNode.Word word) {
    told++;
    int n = word.tokens().length;
    fill(word.tokens());
    switch (word.what()) {
      case CALLING -> trace.calling(word.set());
      case ENTERS -> trace.enter(word.set(), machine, phrase, 0, n);
      case LEAVES -> trace.leave(word.set(), machine, phrase, 0, n);
    }
  }

  private void fill(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      phrase[i] = tokens[i] >= 0 ? tokens[i] : values[~tokens[i]];
    }
  }

  // What nodes ask.

  Outcome outcome() {
    return outcome;
  }

  int answer(TreeNode.Test test) {
    int[] tokens = test.tokens;
    ClassBeginnings beginnings = test.beginnings;
    if (beginnings == null) {
      int first = tokens[0];
      return classes.contains(test.id, symbols.fold(first >= 0 ? first : values[~first])) ? 1 : 0;
    }
    fill(tokens);
    return beginnings.find(symbols, program, phrase, 0, tokens.length);
  }

  @Nullable TreeNode expand(TreeNode.Macro node) {
    SplitText text = outside.split(node.id);
    if (text == Values.EMPTY) {
      return go(node, null, 0);
    }
    return text == null ? null : take(node, text, 0);
  }

  /** Goes on with the words of {@code text}. */
  private @Nullable TreeNode take(TreeNode.Source node, SplitText text, int flags) {
    DecisionTree now = java.util.Objects.requireNonNull(tree);
    int from = node.from;
    int n = text.count;
    if (from + n > TreeValues.MOST) {
      return null;
    }
    if (text.isShapedBy(now)) {
      int[] tokens = text.tokens;
      for (int i = 0; i < n; i++) {
        values[from + i] = tokens[i];
      }
    } else {
      text.shape(now, classify(now, text.tokens, n, from));
    }
    variables.cameFrom(from, text);
    Shape found = text.shape();
    return found == null ? null : go(node, found, flags);
  }

  private @Nullable TreeNode go(TreeNode.Source node, @Nullable Shape found, int flags) {
    TreeNode next = node.behind(found, flags);
    if (next == null) {
      outcome.came(found, flags);
    }
    return next;
  }

  @Nullable TreeNode lookUp(TreeNode.Lookup node) {
    boolean found = outside.ask(node, variables);
    int flags = found ? TreeNode.Lookup.FOUND : 0;
    if (outside.hasFailed()) {
      flags |= TreeNode.Lookup.FAILED;
    }
    if (!found) {
      int length = 0;
      for (int variable : node.defaults) {
        length += symbols.length(values[variable]);
      }
      return length > MOST_DEFAULT ? null : go(node, null, flags);
    }
    if (node.number >= answers.length) {
      answers = Arrays.copyOf(answers, Math.max(node.number + 1, answers.length * 2));
    }
    SplitText known = answers[node.number];
    SplitText text = outside.splitAnswer(known);
    if (text == Values.EMPTY) {
      return go(node, null, flags);
    }
    if (text != known && text != null) {
      answers[node.number] = text;
    }
    return text == null ? null : take(node, text, flags);
  }

  @Nullable TreeNode assign(TreeNode.Lookup node) {
    outside.assign(node.sets, node.arguments[0], variables);
    return go(node, null, TreeNode.Lookup.FOUND);
  }

  @Nullable TreeNode compare(TreeNode.Compare node) {
    long one = outside.number(node.arguments[0], variables);
    long other = outside.number(node.arguments[1], variables);
    boolean holds = node.asksForLess ? one < other : one == other;
    SplitText text = outside.truth(holds);
    TreeNode next = text == null ? null : take(node, text, TreeNode.Lookup.FOUND);
    if (next == null) {
      outside.answerAtOnce(holds ? Numbers.TRUE : Numbers.FALSE);
    }
    return next;
  }
}
