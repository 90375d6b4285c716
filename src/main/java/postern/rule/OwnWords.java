package postern.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Classes;
import postern.text.Meta;
import postern.text.Symbols;

/**
 * Words that have a place of their own, as all have in sendmail's memory. A call takes the quotes
 * off the name behind it, and what follows a blank, in the place where the word stands: wherever
 * else the same place shows, the word has changed, too, and one that a rule wrote has changed in
 * the rule for as long as the process lives.
 *
 * <p>Only address test mode follows it in this, and only where a call may find its name in the
 * workspace. There each word that can change has a symbol that it shares with its copies only. The
 * rules are copies that belong to the session; they are never made into code or trees.
 */
final class OwnWords {
  private static final int CALL = Symbols.ofMeta(Meta.CALL);

  private final Program program;
  private final IdentityHashMap<Rule, Rule> rules = new IdentityHashMap<>();
  private final @Nullable Plan[] plans = new Plan[Program.LIMIT];
  private final Map<Integer, Place> places = new HashMap<>();

  /**
   * A word of a right-hand side.
   *
   * @param next what the next call makes of it
   */
  private record Place(Rule rule, int next) {}

  private OwnWords(Program program) {
    this.program = program;
  }

  /** The words of {@code program}, null if its calls name what they call. */
  static @Nullable OwnWords of(Program program) {
    List<RuleSet> sets = new ArrayList<>();
    boolean finds = false;
    for (int number = 0; number < Program.LIMIT; number++) {
      RuleSet set = program.ruleSet(number);
      if (set.isEmpty()) {
        continue;
      }
      sets.add(set);
      for (Rule rule : set.rules) {
        finds |= rule.calls && findsName(rule, program);
      }
    }
    if (!finds) {
      return null;
    }
    OwnWords own = new OwnWords(program);
    for (RuleSet set : sets) {
      for (Rule rule : set.rules) {
        own.copy(rule);
      }
    }
    return own;
  }

  /** Whether a call of {@code rule} may find a name that can change. */
  private static boolean findsName(Rule rule, Program program) {
    Symbols symbols = program.symbols();
    int[] rhs = rule.rhs;
    for (int i = rule.body; i < rhs.length; i++) {
      if (rhs[i] != CALL) {
        continue;
      }
      if (i + 1 == rhs.length) {
        return true;
      }
      switch (symbols.first(rhs[i + 1])) {
        case Meta.REPL -> {
          if (!isBare(rule, symbols.at(rhs[i + 1], symbols.length(rhs[i + 1]) - 1), program)) {
            return true;
          }
        }
        case Meta.DEXPAND, Meta.LOOKUP, Meta.HOST_BEGIN -> {
          return true;
        }
        default -> {
          // If the first of two calls in a row is dropped, the other one stays in the workspace.
          if (i + 3 < rhs.length && rhs[i + 2] == CALL && loses(symbols, rhs[i + 3])) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether parameter {@code digit} is a member of a class whose members can lose nothing. */
  private static boolean isBare(Rule rule, int digit, Program program) {
    int left = digit - '0';
    for (int step = 0; step < rule.op.length; step++) {
      byte op = rule.op[step];
      if (op != Rule.LITERAL && op != Rule.ZERO && op != Rule.MACRO && --left == 0) {
        Classes classes = program.classes();
        long[] marks = new long[4];
        marks['"' >> 6] |= 1L << '"';
        marks['\\' >> 6] |= 1L << '\\';
        return op == Rule.CLASS && !classes.holdsAny(rule.operand[step], marks);
      }
    }
    return true; // out of bounds
  }

  /** Whether a call would change the word. */
  private static boolean loses(Symbols symbols, int word) {
    return word >= 32 && bare(symbols, word).length() < symbols.length(word);
  }

  private static Bytes bare(Symbols symbols, int word) {
    Bytes text = Bytes.of(symbols.text(word));
    Program.toRuleSetName(text);
    return text;
  }

  private void copy(Rule rule) {
    Symbols symbols = program.symbols();
    int[] rhs = rule.rhs();
    Map<Integer, Integer> made = new HashMap<>();
    for (int i = rule.body; i < rhs.length; i++) {
      if (loses(symbols, rhs[i])) {
        rhs[i] = place(symbols, rhs[i], made);
      }
    }
    if (made.isEmpty()) {
      return;
    }
    Rule own = new Rule(symbols, rule.lhs, rhs, rule.file, rule.span, rule.line);
    rules.put(rule, own);
    made.forEach((word, next) -> places.put(word, new Place(own, next)));
  }

  /** A symbol for the word in its place; notes what becomes of it, and of that. */
  private static int place(Symbols symbols, int word, Map<Integer, Integer> made) {
    if (!loses(symbols, word)) {
      return word;
    }
    int own = symbols.another(word);
    Bytes bare = bare(symbols, word);
    made.put(own, place(symbols, symbols.intern(bare.array(), 0, bare.length()), made));
    return own;
  }

  /** What to look at before the rules of {@code set} are tried. */
  Plan plan(RuleSet set) {
    Plan plan = plans[set.number()];
    if (plan == null) {
      Rule[] own = set.rules.clone();
      for (int i = 0; i < own.length; i++) {
        own[i] = rules.getOrDefault(own[i], own[i]);
      }
      plan = new Plan(own, program.words());
      plans[set.number()] = plan;
    }
    return plan;
  }

  /** The right-hand side of {@code rule} as it is by now. */
  int[] rhs(Rule rule) {
    return rules.getOrDefault(rule, rule).rhs();
  }

  /**
   * A call has found {@code word} and takes it by its bare {@code name}.
   *
   * @return what stands from now on wherever {@code word} stood
   */
  int change(int word, int name, Symbols symbols) {
    Place place = places.get(word);
    if (place == null) {
      return loses(symbols, name) ? symbols.another(name) : name;
    }
    replace(place.rule.rhs, word, place.next);
    replace(place.rule.write, word, place.next);
    return place.next;
  }

  static void replace(int[] tokens, int word, int other) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] == word) {
        tokens[i] = other;
      }
    }
  }

  /** Gives the words of a copy, {@code tokens[0, n)}, places of their own. */
  static void copied(int[] tokens, int n, Symbols symbols) {
    for (int i = 0; i < n; i++) {
      if (loses(symbols, tokens[i])) {
        tokens[i] = symbols.another(tokens[i]);
      }
    }
  }
}
