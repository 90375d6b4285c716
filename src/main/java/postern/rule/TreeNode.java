package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.map.Query;

/**
 * One step of a {@link DecisionTree}: something that cannot be known before an evaluation runs. The
 * nodes behind it are added as evaluations come upon them, one thread at a time; others may see
 * them late, which costs nothing but time.
 */
abstract class TreeNode {
  /** The evaluation in front of this node. */
  final TreeState state;

  TreeNode(TreeState state) {
    this.state = state;
  }

  /**
   * Takes the step.
   *
   * @return the next node, null if there is none yet or nothing follows
   */
  abstract @Nullable TreeNode next(TreeRunner runner);

  /** Whether no node can be added behind this outcome, or there is one. */
  boolean leadsOn(TreeRunner.Outcome outcome) {
    return true;
  }

  /** Adds the node behind an outcome. */
  void add(TreeRunner.Outcome outcome, TreeNode next) {
    throw new IllegalStateException();
  }

  /** The state behind this node. */
  TreeState after(TreeRunner.Outcome outcome) {
    return state;
  }

  /** The evaluation is done. */
  static final class Result extends TreeNode {
    final int[] tokens;
    final int status;

    /** Whether the words that it adds are plain, see {@link Program#isPlain}. */
    final boolean plain;

    /** The result's shape, null if it has none. */
    final @Nullable Shape shape;

    Result(TreeState state, int[] tokens, @Nullable Shape shape, int status, boolean plain) {
      super(state);
      this.plain = plain;
      this.tokens = tokens;
      this.shape = shape;
      this.status = status;
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return null;
    }
  }

  /** From here on the interpreter must do it. */
  static final class Stop extends TreeNode {
    Stop(TreeState state) {
      super(state);
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return null;
    }
  }

  /** A rule set is called, entered or left. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Word(What what, RuleSet set, int[] tokens) {}

  /** What a {@link Word} is about. */
  enum What {
    CALLING,
    ENTERS,
    LEAVES
  }

  /** A trace hears of rule sets. */
  static final class Tell extends TreeNode {
    private final Word[] words;
    private final TreeNode next;

    Tell(TreeState state, Word[] words, TreeNode next) {
      super(state);
      this.words = words;
      this.next = next;
    }

    @Override
    TreeNode next(TreeRunner runner) {
      for (Word word : words) {
        runner.tell(word);
      }
      return next;
    }
  }

  /** A question about words: a {@link TreeState.Fact} to be. */
  static final class Test extends TreeNode {
    final TreeState.Question question;
    final int id;
    final int[] tokens;
    final @Nullable ClassBeginnings beginnings;
    private final @Nullable TreeNode[] next;

    Test(
        TreeState state,
        TreeState.Question question,
        int id,
        int[] tokens,
        @Nullable ClassBeginnings beginnings) {
      super(state);
      this.question = question;
      this.id = id;
      this.tokens = tokens;
      this.beginnings = beginnings;
      next = new TreeNode[3];
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      int answer = runner.answer(this);
      TreeNode known = next[answer];
      if (known == null) {
        runner.outcome().answered(answer);
      }
      return known;
    }

    @Override
    boolean leadsOn(TreeRunner.Outcome outcome) {
      return next[outcome.answer()] != null;
    }

    @Override
    void add(TreeRunner.Outcome outcome, TreeNode node) {
      next[outcome.answer()] = node;
    }

    @Override
    TreeState after(TreeRunner.Outcome outcome) {
      return state.with(question, id, tokens, outcome.answer());
    }
  }

  /** A way on from a {@link Source}. */
  private static final class Branch {
    final @Nullable Shape shape;
    final int flags;
    final TreeNode node;
    final @Nullable Branch other;

    Branch(@Nullable Shape shape, int flags, TreeNode node, @Nullable Branch other) {
      this.shape = shape;
      this.flags = flags;
      this.node = node;
      this.other = other;
    }
  }

  /** A macro or a look-up: words come in from outside. */
  abstract static class Source extends TreeNode {
    private static final int MOST = 64;

    /** The first variable that it fills. */
    final int from;

    private @Nullable Branch branches;
    private int count;

    Source(TreeState state) {
      super(state);
      from = state.variables().length;
    }

    /** The node behind words of {@code shape} (null if there are none). */
    final @Nullable TreeNode behind(@Nullable Shape shape, int flags) {
      for (Branch b = branches; b != null; b = b.other) {
        if (b.shape == shape && b.flags == flags) {
          return b.node;
        }
      }
      return null;
    }

    @Override
    final boolean leadsOn(TreeRunner.Outcome outcome) {
      return count >= MOST || behind(outcome.shape(), outcome.flags()) != null;
    }

    @Override
    final void add(TreeRunner.Outcome outcome, TreeNode node) {
      branches = new Branch(outcome.shape(), outcome.flags(), node, branches);
      count++;
    }
  }

  /** The value of a run-time macro. */
  static final class Macro extends Source {
    final int id;

    Macro(TreeState state, int id) {
      super(state);
      this.id = id;
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return runner.expand(this);
    }

    @Override
    TreeState after(TreeRunner.Outcome outcome) {
      return state.with(id, TreeState.NO_MACRO, outcome.words(), true, false);
    }
  }

  /** The answer of a map. */
  static class Lookup extends Source {
    /** There was an answer. */
    static final int FOUND = 1;

    /** It failed for the time being, and that counts. */
    static final int FAILED = 2;

    final int number;
    final @Nullable MapEntry map;
    final JoinedText key;
    final JoinedText[] arguments;

    /** See {@link TreeState.Event#sets}. */
    final int sets;

    /** Variables whose texts, if there is no answer, must not be too long. */
    final int[] defaults;

    private Lookup(
        TreeState state,
        int number,
        @Nullable MapEntry map,
        int sets,
        JoinedText key,
        JoinedText[] arguments,
        int[] defaults) {
      super(state);
      this.number = number;
      this.map = map;
      this.sets = sets;
      this.key = key;
      this.arguments = arguments;
      this.defaults = defaults;
    }

    /**
     * A look-up as it is best made: setting a macro and comparing two numbers need no map, unless a
     * trace wants to hear of look-ups.
     */
    static Lookup of(
        DecisionTree tree,
        TreeState state,
        @Nullable MapEntry map,
        int sets,
        JoinedText key,
        JoinedText[] arguments,
        int[] defaults) {
      int number = tree.nextLookup();
      if (map != null && !tree.traced && map.open(Query.Problems.SILENT)) {
        if (map.className().equals("macro") && sets >= 0 && arguments.length > 0) {
          return new Assign(state, number, map, sets, key, arguments, defaults);
        }
        if (map.className().equals("arith")
            && (key.isOnly('l') || key.isOnly('='))
            && arguments.length == 2
            && arguments[0].isShort()
            && arguments[1].isShort()) {
          return new Compare(state, number, map, sets, key, arguments, defaults);
        }
      }
      return new Lookup(state, number, map, sets, key, arguments, defaults);
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return runner.lookUp(this);
    }

    @Override
    TreeState after(TreeRunner.Outcome outcome) {
      return state.with(
          -1,
          sets,
          outcome.words(),
          (outcome.flags() & FOUND) != 0,
          (outcome.flags() & FAILED) != 0);
    }
  }

  /** A macro gets a value. */
  private static final class Assign extends Lookup {
    Assign(
        TreeState state,
        int number,
        MapEntry map,
        int sets,
        JoinedText key,
        JoinedText[] arguments,
        int[] defaults) {
      super(state, number, map, sets, key, arguments, defaults);
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return runner.assign(this);
    }
  }

  /** Two numbers are compared. */
  static final class Compare extends Lookup {
    /** Whether the question is if the first is less, not if they are equal. */
    final boolean asksForLess;

    private Compare(
        TreeState state,
        int number,
        MapEntry map,
        int sets,
        JoinedText key,
        JoinedText[] arguments,
        int[] defaults) {
      super(state, number, map, sets, key, arguments, defaults);
      asksForLess = key.isOnly('l');
    }

    @Override
    @Nullable TreeNode next(TreeRunner runner) {
      return runner.compare(this);
    }
  }
}
