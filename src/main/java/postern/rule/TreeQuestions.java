package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.Numbers;
import postern.map.Query;
import postern.text.Bytes;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * What a decision tree wants to know from outside: macros and maps, asked with texts joined from
 * the tree's variables; and what it changes there.
 */
final class TreeQuestions {
  private final Program program;
  private final Symbols symbols;
  private final Values values;
  private final Questions questions;
  private final TreeReplay replay;
  private final Bytes text = new Bytes(256);
  private boolean wasFound;

  TreeQuestions(
      Program program, Symbols symbols, Values values, Questions questions, TreeReplay replay) {
    this.program = program;
    this.symbols = symbols;
    this.values = values;
    this.questions = questions;
    this.replay = replay;
  }

  /** The interpreter will do again what the tree had done when it came to its {@code end}. */
  void replay(TreeNode end, int[] variables) {
    if (end instanceof TreeNode.Lookup) {
      replay.begin(end.state.events(), variables, wasFound, hasFailed());
    } else {
      replay.begin(end.state.events(), variables);
    }
  }

  /** See {@link Values#split(int, postern.text.Macros)}. */
  @Nullable SplitText split(int id) {
    return values.split(id, questions.macros);
  }

  /** The words of the last answer, see {@link Values#split(postern.map.Answer, SplitText)}. */
  @Nullable SplitText splitAnswer(@Nullable SplitText known) {
    return values.split(questions.answer, known);
  }

  /** See {@link Values#truth}. */
  @Nullable SplitText truth(boolean holds) {
    return values.truth(holds);
  }

  /** Asks a map. */
  boolean ask(TreeNode.Lookup node, TreeValues variables) {
    TokenTables tables = program.tables();
    Query query = questions.begin();
    int room = Rewriter.ARGUMENT_ROOM;
    for (JoinedText joined : node.arguments) {
      Bytes argument = query.addArgument();
      joined.append(symbols, tables, variables, room, argument);
      room -= argument.length() + 1;
    }
    node.key.append(symbols, tables, variables, Rewriter.KEY_ROOM, query.key());
    questions.status = Machine.OK;
    wasFound = questions.ask(node.map, node.key.isQuoted());
    return wasFound;
  }

  /** Whether the map that was asked last failed for the time being, and that counts. */
  boolean hasFailed() {
    return questions.status == Machine.TEMPORARY_FAILURE;
  }

  private Bytes argument(JoinedText joined, TreeValues variables) {
    Bytes whole = joined.whole(variables, Rewriter.ARGUMENT_ROOM);
    if (whole != null) {
      return whole;
    }
    text.clear();
    joined.append(symbols, program.tables(), variables, Rewriter.ARGUMENT_ROOM, text);
    return text;
  }

  /** Gives a macro the value that a tree found out. */
  void assign(int macro, JoinedText joined, TreeValues variables) {
    questions.macros.set(macro, argument(joined, variables));
    answerAtOnce("");
  }

  /** What the map that was not asked would have answered. */
  void answerAtOnce(String value) {
    questions.answer.found().append(value);
    questions.status = Machine.OK;
    wasFound = true;
  }

  /** A joined text as a number, as the maps of class arith read it. */
  long number(JoinedText joined, TreeValues variables) {
    int variable = joined.variable();
    long known = variable < 0 ? -1 : symbols.decimal(variables.tokens[variable]);
    return known >= 0 ? known : Numbers.number(argument(joined, variables));
  }
}
