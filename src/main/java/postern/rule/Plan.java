package postern.rule;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.text.Meta;
import postern.text.Symbols;

/**
 * What a machine looks at before it tries a rule of a rule set, side by side in arrays: words that
 * the workspace must hold (as bits), its length, its first and last word. Immutable but for the
 * code that is made of the rules.
 */
final class Plan {
  final Rule[] rules;
  final Words words;
  final long[] needs;
  final int[] least;
  final int[] spare;
  final int[] first;
  final int[] last;

  /** For each rule how code writes it, null if only the interpreter can. */
  @Nullable Writing[] writings = {};

  // Rules as code, once they have been needed often; a lost update costs a little work.
  private int entered;
  private volatile @Nullable CompiledRules compiled;

  Plan(Rule[] rules, Words words) {
    this.rules = rules;
    this.words = words;
    int n = rules.length;
    needs = new long[n];
    least = new int[n];
    spare = new int[n];
    first = new int[n];
    last = new int[n];
    for (int i = 0; i < n; i++) {
      Rule rule = rules[i];
      for (int k = 0; k < rule.op.length; k++) {
        needs[i] |= rule.op[k] == Rule.LITERAL ? words.bit(rule.operand[k]) : 0;
      }
      least[i] = rule.minTokens;
      spare[i] = rule.fixedLength ? 0 : Machine.CAPACITY;
      first[i] = rule.firstLiteral;
      last[i] = rule.lastLiteral;
    }
  }

  /** The rule set is about to run. */
  void enter(Program program) {
    if (entered <= RulesCompiler.AFTER && ++entered == RulesCompiler.AFTER) {
      compile(program);
    }
  }

  /** Makes code of the rules now. */
  void compile(Program program) {
    int version = program.classes().version();
    @Nullable Writing[] all = new Writing[rules.length];
    for (int i = 0; i < rules.length; i++) {
      all[i] = Writing.of(rules[i], program.symbols(), words);
    }
    writings = all;
    CompiledRules made = RulesCompiler.compile(this, program);
    if (made != null) {
      made.version = version;
      compiled = made;
    }
  }

  /** The rules as code; null if there is none yet, or none for the classes as they are now. */
  @Nullable CompiledRules compiled(Program program) {
    CompiledRules made = compiled;
    if (made != null && made.version != program.classes().version()) {
      compiled = null;
      entered = 0;
      return null;
    }
    return made;
  }

  /**
   * A bit for each word that left-hand sides name, chosen so that the words of one rule set share
   * as few bits as can be. Other words have none. Immutable.
   */
  static final class Words {
    /** The bit of the metasymbols that make a machine look something up or call something. */
    static final long WORKING = 1L << 63;

    private static final int BITS = 63;

    private final long[] bits;

    Words(Symbols symbols, @Nullable RuleSet[] sets) {
      bits = new long[symbols.size()];
      for (int meta : new int[] {Meta.LOOKUP, Meta.HOST_BEGIN, Meta.CALL}) {
        bits[Symbols.ofMeta(meta)] = WORKING;
      }
      int[][] users = users(sets);
      long[] used = new long[sets.length];
      int next = 0;
      for (int word = 0; word < users.length; word++) {
        int[] in = users[word];
        if (in == null || bits[word] != 0) {
          continue;
        }
        long taken = WORKING;
        for (int set : in) {
          taken |= used[set];
        }
        int bit = taken == -1L ? next++ % BITS : Long.numberOfTrailingZeros(~taken);
        bits[word] = 1L << bit;
        for (int set : in) {
          used[set] |= 1L << bit;
        }
      }
    }

    /** For each word the rule sets whose left-hand sides name it, null for none. */
    private int[] @Nullable [] users(@Nullable RuleSet[] sets) {
      int[] @Nullable [] users = new int[bits.length][];
      for (int s = 0; s < sets.length; s++) {
        RuleSet set = sets[s];
        for (Rule rule : set == null ? List.<Rule>of() : set.rules()) {
          for (int k = 0; k < rule.op.length; k++) {
            int word = rule.operand[k];
            if (rule.op[k] != Rule.LITERAL || word >= users.length) {
              continue;
            }
            int[] known = users[word];
            if (known == null) {
              users[word] = new int[] {s};
            } else if (known[known.length - 1] != s) {
              users[word] = Arrays.copyOf(known, known.length + 1);
              users[word][known.length] = s;
            }
          }
        }
      }
      return users;
    }

    /** The bit of a folded word, 0 if it has none. */
    long bit(int word) {
      return word < bits.length ? bits[word] : 0;
    }

    /** The bits by word; other words have none. Not to be changed. */
    long[] table() {
      return bits;
    }

    /** The bits of {@code words[0, n)}. */
    long bits(int[] words, int n) {
      long[] all = bits;
      long sum = 0;
      for (int i = 0; i < n; i++) {
        int word = words[i];
        sum |= word < all.length ? all[word] : 0;
      }
      return sum;
    }
  }
}
