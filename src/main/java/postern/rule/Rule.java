package postern.rule;

import postern.source.Span;
import postern.text.Bytes;
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

  private static final int CALL = Symbols.ofMeta(Meta.CALL);

  final int[] lhs;
  final int[] rhs;
  final byte[] op;
  final int[] operand;
  final int parameters;
  final After after;
  final int body;
  final boolean lookups;
  final boolean calls;
  final String file;
  final Span span;
  final int line;

  // Necessary conditions of a match.
  final int minTokens;
  final boolean fixedLength;
  final int firstLiteral;
  final int lastLiteral;
  final long literals;

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
    long words = 0;
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
          words |= bit(operand[i]);
        }
      }
    }
    parameters = fuzzy;
    minTokens = least;
    fixedLength = fixed;
    literals = words;
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
    for (int i = from; i < rhs.length; i++) {
      int first = symbols.first(rhs[i]);
      looks |= first == Meta.LOOKUP || first == Meta.HOST_BEGIN;
      subs |= first == Meta.CALL;
      if (first == Meta.CALL && i + 1 < rhs.length) {
        unquoted(symbols, rhs[i + 1]); // known to all machines from now on
      }
    }
    lookups = looks;
    calls = subs;
  }

  /**
   * Takes the quotes off the name in a call. Quotes around a name mean nothing, but sendmail's
   * listings lose them with the first use of the rule, and so do ours; the rule stays the same to
   * whoever runs it at the same time.
   */
  void unquote(int quoted, int name) {
    for (int i = body + 1; i < rhs.length; i++) {
      if (rhs[i] == quoted && rhs[i - 1] == CALL) {
        rhs[i] = name;
      }
    }
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

  /** The bit that stands for a folded word in {@link #literals}. */
  static long bit(int folded) {
    return 1L << (folded & 63);
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
