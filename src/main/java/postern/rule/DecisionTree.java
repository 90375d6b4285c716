package postern.rule;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import postern.text.TokenTables;

/**
 * What rule sets do to workspaces that evaluations have met more than once: a tree for each rule
 * set and {@link Shape}. Which rules apply to words of a shape is worked out when the tree is
 * grown; what is left to do at run time are questions about words that no rule names, macros,
 * look-ups, and writing the result. Nothing in it comes from the words, values or answers of an
 * evaluation but their shapes.
 *
 * <p>Shared by all machines of a program. Only one thread grows it at a time; others do without
 * what it adds until they see it.
 */
final class DecisionTree {
  /** How often a shape must have been met before a tree is planted, unless told otherwise. */
  static final int AFTER = Math.min(RulesCompiler.AFTER, 20);

  /** Most tokens of a workspace, and most variables. */
  static final int MOST_TOKENS = 250;

  private static final int MOST_NODES = 10_000;
  private static final int MOST_SHAPES = 4_096;
  // Evaluations without a tree after which a full one makes room for another.
  private static final int PATIENCE = 1_000_000;

  /** How often a shape must have been met before it is worth while. */
  final int after;

  /** Whether it has {@link TreeNode.Tell} nodes. */
  final boolean traced;

  private final Program program;
  private final int version;
  private final TokenTables tables;
  private final int blankSubstitute;
  private final boolean[] named;
  private final @Nullable Shape[] shapes = new Shape[MOST_SHAPES * 2];
  private final @Nullable ClassBeginnings[] beginnings =
      new ClassBeginnings[postern.text.MacroNames.LIMIT];
  private final ReentrantLock growing = new ReentrantLock();
  private int shapeCount;
  private int nodeCount;
  private int lookups;
  private int missed;

  DecisionTree(Program program, boolean[] named, int after, boolean traced) {
    this.traced = traced;
    this.after = after;
    this.program = program;
    this.named = named;
    version = program.classes().version();
    tables = program.tables();
    blankSubstitute = program.blankSubstitute();
  }

  /** Whether it holds for the program as it is now. */
  boolean isValid() {
    return version == program.classes().version()
        && tables == program.tables()
        && blankSubstitute == program.blankSubstitute()
        && missed < PATIENCE;
  }

  /** What a folded symbol is in a {@link Shape}: itself if a left-hand side names it. */
  int word(int folded) {
    return folded < named.length && named[folded] ? folded : Shape.OTHER;
  }

  /** The hash of a shape with one more word; it begins with the number of words. */
  static int hash(int before, int word) {
    return before * 31 + word;
  }

  /** The shape of these words, null if there are too many of them already. */
  @Nullable Shape shape(int[] words, int count, int hash) {
    int mask = shapes.length - 1;
    for (int slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      Shape known = shapes[slot];
      if (known == null) {
        return addShape(words, count, hash);
      }
      if (known.is(words, count, hash)) {
        return known;
      }
    }
  }

  private synchronized @Nullable Shape addShape(int[] words, int count, int hash) {
    if (shapeCount >= MOST_SHAPES) {
      missed++;
      return null;
    }
    int mask = shapes.length - 1;
    int slot = (hash ^ (hash >>> 15)) & mask;
    for (Shape known = shapes[slot]; known != null; known = shapes[slot]) {
      if (known.is(words, count, hash)) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    Shape made = new Shape(words, count, hash);
    shapes[slot] = made;
    shapeCount++;
    return made;
  }

  /** Plants a tree. */
  void plant(Shape.Entry entry, Shape shape) {
    if (!growing.tryLock()) {
      return;
    }
    try {
      if (entry.start == null && hasRoom()) {
        entry.start = new TreeGrower(this, program).begin(entry.ruleSet, shape);
      }
    } finally {
      growing.unlock();
    }
  }

  /** Adds the node behind an outcome that {@code node} has had. */
  void grow(TreeNode node, TreeRunner.Outcome outcome) {
    if (!growing.tryLock()) {
      return;
    }
    try {
      if (!node.leadsOn(outcome) && hasRoom()) {
        node.add(outcome, new TreeGrower(this, program).next(node.after(outcome)));
      }
    } finally {
      growing.unlock();
    }
  }

  /** How many nodes there are. */
  int size() {
    return nodeCount;
  }

  private boolean hasRoom() {
    if (nodeCount >= MOST_NODES) {
      missed++;
      return false;
    }
    nodeCount++;
    return true;
  }

  // For the thread that grows it.

  /** A number for a look-up, from 0. */
  int nextLookup() {
    return lookups++;
  }

  ClassBeginnings beginnings(int id) {
    ClassBeginnings known = beginnings[id];
    if (known == null) {
      known = new ClassBeginnings(program.classes(), id, program.splitting());
      beginnings[id] = known;
    }
    return known;
  }
}
