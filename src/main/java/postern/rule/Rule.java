package postern.rule;

import java.util.Arrays;
import postern.source.Span;
import postern.text.Bytes;
import postern.text.Classes;
import postern.text.Meta;
import postern.text.Symbols;

/**
 * One compiled {@code R} line: immutable, shared by all machines.
 *
 * <p>Besides the tokens of both sides it holds what can be told beforehand about workspaces that do
 * not match (their length, their first and last word, words that must be there), so that a machine
 * passes over most rules without trying them.
 */
public final class Rule {
  /** What happens after the rule was applied. */
  public enum After {
    /** Try the same rule again. */
    REPEAT,
    /** {@code $:}: go on with the next rule. */
    NEXT,
    /** {@code $@}: leave the rule set. */
    RETURN
  }

  /** Kinds of steps on the left-hand side. */
  static final byte LITERAL = 0;

  static final byte ANY0 = 1;
  static final byte ANY1 = 2;
  static final byte ONE = 3;
  static final byte CLASS = 4;
  static final byte NOT_CLASS = 5;
  static final byte ZERO = 6;
  static final byte MACRO = 7;

  static final int COPY = -1;
  static final int EXPAND = -1000;

  private static final int[] NO_CLASSES = {};

  final int[] lhs;
  final int[] rhs;
  final byte[] op;
  final int[] operand;
  final int parameters;
  final After after;
  final int body;
  final boolean lookups;
  final boolean calls;
  final boolean expands;
  final String file;
  final Span span;
  final int line;

  /**
   * What the right-hand side writes, behind its prefix: a symbol, or {@code COPY - c} for {@code
   * $c} (a byte), or {@code EXPAND - id} for a run-time macro.
   */
  final int[] write;

  // For a step that can grow: how many tokens the rest takes, -1 if that cannot be told.
  final int[] rest;
  private final int[] classes;

  // Necessary conditions of a match.
  final int minTokens;
  final boolean fixedLength;
  final int firstLiteral;
  final int lastLiteral;

  /**
   * Compiles a rule from the tokens of its sides.
   *
   * @param line number that sendmail shows for the rule: its last physical line
   */
  public Rule(Symbols symbols, int[] lhs, int[] rhs, String file, Span span, int line) {
    this.lhs = lhs;
    this.rhs = rhs;
    this.file = file;
    this.span = span;
    this.line = line;
    op = new byte[lhs.length];
    operand = new int[lhs.length];
    int fuzzy = 0;
    int least = 0;
    boolean fixed = true;
    for (int i = 0; i < lhs.length; i++) {
      int token = lhs[i];
      switch (symbols.first(token)) {
        case Meta.ANY0 -> {
          op[i] = ANY0;
          fuzzy++;
          fixed = false;
        }
        case Meta.ANY1 -> {
          op[i] = ANY1;
          fuzzy++;
          least++;
          fixed = false;
        }
        case Meta.ONE -> {
          op[i] = ONE;
          fuzzy++;
          least++;
        }
        case Meta.CLASS -> {
          op[i] = CLASS;
          operand[i] = second(symbols, token);
          fuzzy++;
          least++;
          fixed = false;
        }
        case Meta.NOT_CLASS -> {
          op[i] = NOT_CLASS;
          operand[i] = second(symbols, token);
          fuzzy++;
          least++;
        }
        case Meta.HOST -> op[i] = ZERO;
        case Meta.DEXPAND -> {
          op[i] = MACRO;
          operand[i] = second(symbols, token);
          fixed = false;
        }
        default -> {
          op[i] = LITERAL;
          operand[i] = symbols.fold(token);
          least++;
        }
      }
    }
    parameters = fuzzy;
    rest = restOfSteps();
    classes = classesOfSteps();
    minTokens = least;
    fixedLength = fixed;
    firstLiteral = lhs.length > 0 && op[0] == LITERAL ? operand[0] : Symbols.NONE;
    int last = lhs.length - 1;
    lastLiteral = last >= 0 && op[last] == LITERAL ? operand[last] : Symbols.NONE;

    After how = After.REPEAT;
    int from = 0;
    if (rhs.length > 0) {
      int first = symbols.first(rhs[0]);
      if (first == Meta.USER) {
        how = After.NEXT;
        from = 1;
      } else if (first == Meta.HOST) {
        how = After.RETURN;
        from = 1;
      }
    }
    after = how;
    body = from;
    boolean looks = false;
    boolean subs = false;
    boolean values = false;
    write = new int[rhs.length - from];
    for (int i = from; i < rhs.length; i++) {
      int first = symbols.first(rhs[i]);
      write[i - from] = written(symbols, rhs[i], first);
      looks |= first == Meta.LOOKUP || first == Meta.HOST_BEGIN;
      subs |= first == Meta.CALL;
      values |= first == Meta.DEXPAND;
      if (first == Meta.CALL && i + 1 < rhs.length) {
        unquoted(symbols, rhs[i + 1]); // known to all machines from now on
      }
    }
    lookups = looks;
    calls = subs;
    expands = values;
  }

  private static int written(Symbols symbols, int token, int first) {
    if (first == Meta.REPL) {
      return COPY - second(symbols, token);
    }
    return first == Meta.DEXPAND ? EXPAND - second(symbols, token) : token;
  }

  private int[] restOfSteps() {
    int[] tokens = new int[op.length];
    int n = 0;
    for (int i = op.length - 1; i >= 0; i--) {
      tokens[i] = n;
      switch (op[i]) {
        case ANY0, ANY1, MACRO -> n = -1;
        case ZERO -> {}
        default -> n = n < 0 ? -1 : n + 1;
      }
    }
    return tokens;
  }

  private int[] classesOfSteps() {
    int[] ids = NO_CLASSES;
    for (int i = 0; i < op.length; i++) {
      if (op[i] == CLASS) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = operand[i];
      }
    }
    return ids;
  }

  boolean isClassless() {
    return classes.length == 0;
  }

  /**
   * Whether each {@code $=x} can only match one token, given what the classes hold now. Then one
   * that matched never needs to be tried with more.
   *
   * @param splitting bytes that no word has that is one token
   */
  boolean matchesWordsOnly(Classes members, long[] splitting) {
    for (int id : classes) {
      if (members.holdsAny(id, splitting)) {
        return false;
      }
    }
    return true;
  }

  /** The symbol of a name without quotes and backslashes. */
  private static int unquoted(Symbols symbols, int name) {
    Bytes text = Bytes.of(symbols.text(name));
    Program.toRuleSetName(text);
    return symbols.intern(text.array(), 0, text.length());
  }

  private static int second(Symbols symbols, int token) {
    return symbols.length(token) > 1 ? symbols.at(token, 1) : 0;
  }

  /** Number that sendmail shows for the rule. */
  public int line() {
    return line;
  }

  public String file() {
    return file;
  }

  public Span span() {
    return span;
  }

  /** Tokens of the left-hand side. */
  public int[] lhs() {
    return lhs.clone();
  }

  /** Tokens of the right-hand side, prefix included. */
  public int[] rhs() {
    return rhs.clone();
  }

  public After after() {
    return after;
  }
}
