package postern.rule;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Guarded;
import postern.text.Macros;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenText;

/**
 * Runs evaluations of one {@link Program}, one after the other, on one thread. All state that an
 * evaluation needs lives here and is overwritten by the next; in steady state nothing is allocated.
 *
 * <p>Order of events and limits are sendmail's: parameters and run-time macros first, then map
 * look-ups from left to right, then calls from right to left.
 */
public final class Machine {
  /** Most tokens of a workspace. */
  public static final int MAX_TOKENS = 1000;

  /**
   * Memory for a workspace. What calls make of a part is not measured again, so that a workspace
   * can get longer than {@link #MAX_TOKENS}; sendmail writes past the end of its vector then.
   */
  static final int CAPACITY = 2 * MAX_TOKENS;

  /** Statuses of a rule set. */
  public static final int OK = 0;

  public static final int USAGE = 64;
  public static final int DATA_ERROR = 65;
  public static final int TEMPORARY_FAILURE = 75;
  public static final int CONFIGURATION = 78;

  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_LEVEL = 50;
  private static final int MAX_CALLS = 16;
  // Symbols that evaluations leave behind, so that the next one finds them: at most so many.
  private static final int KEPT_SYMBOLS = 1024;
  private static final int NET = Symbols.ofMeta(Meta.NET);

  private final Program program;
  private final Symbols symbols;
  private final Input input;
  private final Trace trace;
  private final boolean traced;
  private final boolean ruled;
  private final Matcher matcher;
  private final Questions questions;
  // What a tree had done before it ended, while that is done again.
  private final TreeReplay replay = new TreeReplay();
  private final Rewriter rewriter;
  private Leftovers leftovers = Leftovers.NONE;
  private final @Nullable TreeRunner runner;
  private final Quotes quotes;
  private final @Nullable OwnWords own;
  private final Consumer<String> badRuleSet;
  private final Bytes text = new Bytes(256);
  private Macros macros;
  private @Nullable String fault;

  private final int[] workspace = new int[CAPACITY + 2];
  private int count;
  private boolean plain = true;
  // Whether the workspace is what the tree left there.
  private boolean decided;
  private int told;
  private @Nullable Level[] levels = new Level[4];
  private int resultLength;

  /** Memory of one level of calls. */
  private static final class Level {
    final int[] one = new int[CAPACITY + 2];
    final int[] other = new int[CAPACITY + 2];
    final int[] calls = new int[MAX_CALLS];
  }

  /**
   * A machine for {@code program}.
   *
   * @param macros macro scope of the evaluations; {@link #macros(Macros)} changes it
   */
  public Machine(Program program, Macros macros, Trace trace) {
    this(program, macros, trace, new Quotes(), null);
  }

  private Machine(
      Program program, Macros macros, Trace trace, Quotes quotes, @Nullable OwnWords own) {
    this.quotes = quotes;
    this.own = own;
    this.program = program;
    this.macros = macros;
    this.trace = trace;
    traced = trace.detail() != Trace.Detail.NOTHING;
    ruled = trace.detail().compareTo(Trace.Detail.RULES) >= 0;
    symbols = new Symbols(program.symbols());
    Prescan prescan = new Prescan(symbols, own != null);
    input = new Input(symbols, prescan);
    matcher = new Matcher(this, program, symbols, macros, trace);
    Values values = new Values(program, symbols, prescan);
    questions = new Questions(program.names(), macros, trace);
    rewriter =
        new Rewriter(this, program, symbols, prescan, matcher, values, questions, replay, trace);
    rewriter.ownWords = own != null;
    runner =
        own != null || trace.detail().compareTo(Trace.Detail.SETS) > 0
            ? null
            : new TreeRunner(
                this,
                program,
                symbols,
                new TreeQuestions(program, symbols, values, questions, replay),
                trace);
    badRuleSet = message -> fault(message, "");
  }

  /** A machine whose calls change words for good, rules too, as sendmail's do. */
  public static Machine changingWords(Program program, Macros macros, Trace trace) {
    Machine machine = new Machine(program, macros, trace, new Quotes(), OwnWords.of(program));
    machine.leaves(new SplitMemory(machine));
    return machine;
  }

  /**
   * Says who runs rule sets from now on, if words change for good: what each of them splits goes
   * into memory of its own.
   *
   * @param number 0 to 2
   */
  public void caller(int number) {
    leftovers.caller(number);
  }

  /** From now on texts come guarded ({@link Guarded}); maps are asked with what these stand for. */
  public Machine guarded() {
    questions.guards = true;
    return this;
  }

  /** A machine that goes on where this one stops, watched by another trace. */
  public Machine watchedBy(Trace other) {
    Machine watched = new Machine(program, macros, other, quotes, own);
    watched.questions.guards = questions.guards;
    watched.leaves(leftovers.of(watched));
    return watched;
  }

  private void leaves(Leftovers behind) {
    leftovers = behind;
    rewriter.leftovers = behind;
  }

  /**
   * The right-hand side of {@code rule} as a listing shows it. Quotes around a name in a call mean
   * nothing, but sendmail's listings lose them with the first use of the rule, and so do ours.
   */
  public int[] rhs(Rule rule) {
    return own == null ? quotes.rhs(rule) : own.rhs(rule);
  }

  public Program program() {
    return program;
  }

  public Symbols symbols() {
    return symbols;
  }

  /** The scope in which macros are looked up and set. */
  public Macros macros() {
    return macros;
  }

  public void macros(Macros scope) {
    macros = scope;
    matcher.macros = scope;
    questions.macros = scope;
  }

  /**
   * What went wrong first in this evaluation, in sendmail's words; null if nothing did. A rule set
   * that breaks off leaves a workspace that looks like any other.
   */
  public @Nullable String fault() {
    return fault;
  }

  /** Something went wrong in a rule set. */
  void fault(String message, String cause) {
    if (fault == null) {
      fault = message;
    }
    trace.fault(message, cause);
  }

  /** Begins a new evaluation with an empty workspace. */
  public void clear() {
    count = 0;
    input.begin();
    plain = true;
    decided = false;
    fault = null;
    leftovers.clear(symbols.isToRenew(KEPT_SYMBOLS));
    symbols.renew(KEPT_SYMBOLS);
  }

  /**
   * Splits {@code bytes[from, to)} and adds the tokens to the workspace.
   *
   * @param table one of the program's token tables
   * @param delimiter where to stop, 0 for nowhere
   * @return whether there was a token and no fault
   */
  public boolean add(
      byte[] bytes,
      int from,
      int to,
      byte[] table,
      boolean tolerant,
      int delimiter,
      Prescan.Reporter reporter) {
    decided = false;
    Leftovers behind = count == 0 ? leftovers : Leftovers.NONE;
    boolean found = input.split(bytes, from, to, table, tolerant, delimiter, behind, reporter);
    plain &= input.isPlain();
    if (found) {
      append(input.tokens(), input.count());
    }
    return found;
  }

  private void append(int[] tokens, int n) {
    for (int i = 0; i < n && count < MAX_TOKENS; i++) {
      workspace[count++] = tokens[i];
    }
  }

  /** Where the last {@link #add} stopped. */
  public int scanEnd() {
    return input.end();
  }

  /** Whether the last {@link #add} failed because the text does not fit. */
  public boolean isTooLong() {
    return input.isTooLong();
  }

  /** Adds one symbol to the workspace. */
  public void add(int symbol) {
    plain &= symbol < 32;
    decided = false;
    if (count < MAX_TOKENS) {
      workspace[count++] = symbol;
    }
  }

  /** Tokens in the workspace. */
  public int count() {
    return count;
  }

  /** Token {@code index} of the workspace, a symbol. */
  public int token(int index) {
    return workspace[index];
  }

  /** The workspace's memory, valid up to {@link #count}. */
  public int[] tokens() {
    return workspace;
  }

  /** Keeps tokens {@code [from, to)} of the workspace. */
  public void keep(int from, int to) {
    System.arraycopy(workspace, from, workspace, 0, to - from);
    count = to - from;
    decided = false;
  }

  /** Whether the workspace begins with {@code $#}. */
  public boolean isResolved() {
    return count > 0 && startsNet(workspace[0]);
  }

  private boolean startsNet(int token) {
    return token == NET || (token >= 32 && kind(token) == Meta.NET);
  }

  /** The metasymbol byte that {@code token} is or begins with; something else if it does not. */
  private int kind(int token) {
    return kind(token, symbols, symbols.holdsOdd());
  }

  static int kind(int token, Symbols symbols, boolean odd) {
    if (token < 32) {
      return token + 0x80;
    }
    return odd ? symbols.first(token) : 0;
  }

  /** Runs rule set {@code number} on the workspace and returns its status. */
  public int run(int number) {
    return run(number, MAX_TOKENS);
  }

  /** How many runs the decision tree has brought to their end. */
  long decidedByTree() {
    return runner == null ? 0 : runner.completed;
  }

  /** Runs a rule set that may leave {@code room} tokens at most. */
  public int run(int number, int room) {
    TreeRunner tree = plain && room == MAX_TOKENS ? runner : null;
    if (tree != null) {
      int known = tree.run(number, workspace, count, decided);
      decided = known >= 0;
      if (decided) {
        count = tree.count;
        plain = tree.plain;
        return known;
      }
      told = tree.told();
    }
    decided = false;
    leftovers.begin(workspace, count, MAX_TOKENS - room);
    int status = rewrite(workspace, 0, count, program.ruleSet(number), 0, room);
    count = resultLength;
    if (tree != null) {
      told = 0;
      replay.end();
      tree.grow();
      for (int i = 0; i < count && plain; i++) {
        plain = program.isPlain(workspace[i], symbols);
      }
    }
    return status;
  }

  private int rewrite(int[] vector, int from, int length, RuleSet set, int level, int room) {
    return rewrite(vector, from, length, set, level, room, false);
  }

  /**
   * @param written whether compiled rules have just written the workspace
   */
  private int rewrite(
      int[] vector, int from, int length, RuleSet set, int level, int room, boolean written) {
    resultLength = length;
    if (traced && isNews()) {
      trace.enter(set, this, vector, from, from + length);
    }
    if (level > MAX_LEVEL) {
      fault("rewrite: excessive recursion (max " + MAX_LEVEL + "), ruleset " + set.shownName(), "");
      return CONFIGURATION;
    }
    if (room <= 0) {
      return USAGE;
    }
    Plan plan = plan(set);
    Rule[] rules = plan.rules;
    // Called rule sets turn over two vectors of their own and hand the last one back. The outermost
    // one writes every result into the workspace, where faults may meet it.
    boolean turning = level > 0 && !traced;
    int[] current = vector;
    int at = from;
    int size = length;
    int status = OK;
    int attempts = 0;
    int index = 0;
    long words =
        written
            ? matcher.takeUp(current, at, at, size)
            : matcher.load(current, at, size, plan.words);
    while (index < rules.length) {
      if (size > 0 && startsNet(current[at])) {
        break;
      }
      if (attempts >= MAX_ATTEMPTS) {
        if (ruled) {
          trace.trying(rules[index], this);
        }
        fault("Infinite loop in ruleset " + set.shownName() + ", rule " + (index + 1), "");
        trace.looping(this, current, at, at + size);
        break;
      }
      int matching = ruled ? tryRules(rules, index) : matcher.find(plan, index, words);
      if (matching == rules.length) {
        break;
      }
      attempts = matching == index ? attempts + 1 : 1;
      index = matching;
      Rule rule = rules[index];
      Level memory = level(level);
      int[] built = current == memory.one ? memory.other : memory.one;
      rewriter.start(vector, level, size, room);
      CompiledRules code = matcher.code();
      Writing writing = code == null ? null : plan.writings[index];
      if (writing != null && !writing.fits(size, room, macros)) {
        writing = null;
      }
      boolean coded = writing != null;
      int n =
          code != null && coded
              ? matcher.write(code, index, plan, current, at, built)
              : rewriter.substitute(rule, current, at, set, built, room);
      boolean unusual =
          (words & Plan.Words.WORKING) != 0 || rewriter.isUnusual() || symbols.holdsOdd();
      boolean called = false;
      if (n >= 0 && writing != null && writing.callAt >= 0) {
        int call = matcher.callAt();
        int number = unusual ? -1 : program.knownRuleSet(writing.called);
        if (number < 0) {
          Writing.insertCall(built, n, call, writing.called);
          n += 2;
        } else {
          called = true;
          int result = call(rule, writing.called, number, built, call, n, level);
          n = resultLength;
          if (status == OK || result == TEMPORARY_FAILURE) {
            status = result;
          }
        }
        coded = false;
      }
      if (n >= 0 && (rule.lookups || unusual)) {
        questions.status = status;
        n = rewriter.lookups(built, n, room);
        status = n >= 0 ? questions.status : status;
        unusual |= rewriter.isUnusual() || symbols.holdsOdd();
      }
      if (n >= 0 && !called && (rule.calls || unusual)) {
        int calls = calls(rule, built, n, memory, level);
        n = resultLength;
        if (status == OK || calls == TEMPORARY_FAILURE) {
          status = calls;
        }
      }
      if (n < 0) {
        handBack(current, vector, from, size);
        resultLength = rewriter.left;
        if (level == 0) {
          leftovers.settle(vector, resultLength, MAX_TOKENS - room);
        }
        return -n;
      }
      if (n > room + CAPACITY - MAX_TOKENS) {
        fault("rewrite: expansion too long", "");
        handBack(current, vector, from, size);
        resultLength = size;
        return DATA_ERROR;
      }
      size = n;
      if (turning) {
        current = built;
        at = 0;
      } else {
        System.arraycopy(built, 0, vector, from, n);
        if (level == 0) {
          leftovers.become(vector, n, MAX_TOKENS - room);
        }
      }
      if (ruled) {
        trace.rewrote(rule, this, vector, from, from + size);
      }
      if (rule.after == Rule.After.RETURN) {
        break;
      }
      if (rule.after == Rule.After.NEXT) {
        index++;
        attempts = 0;
      }
      words =
          coded && !unusual
              ? matcher.takeUp(current, at, 0, size)
              : matcher.load(current, at, size, plan.words);
    }
    handBack(current, vector, from, size);
    resultLength = size;
    if (traced && isNews()) {
      trace.leave(set, this, vector, from, from + size);
    }
    return status;
  }

  private Plan plan(RuleSet set) {
    if (own != null) {
      return own.plan(set);
    }
    Plan plan = program.plan(set);
    plan.enter(program);
    return plan;
  }

  /** Writes the tokens of a run-time macro, for compiled rules that know that they fit. */
  int expand(int id, int[] out, int at) {
    return rewriter.expand(id, out, at, MAX_TOKENS);
  }

  /** Runs the only rule set that {@code v[0, n)} calls; leaves the length in resultLength. */
  private int call(Rule rule, int name, int number, int[] v, int at, int n, int level) {
    RuleSet set = program.ruleSet(number);
    if (traced) {
      int bare = program.bareName(name, symbols, text);
      if (bare != name) {
        quotes.lose(rule, name, bare);
      }
    }
    if (set.isEmpty()) {
      resultLength = n;
      return OK;
    }
    if (traced && isNews()) {
      trace.calling(set);
    }
    int result = rewrite(v, at, n - at, set, level + 1, MAX_TOKENS - at, true);
    resultLength += at;
    return result;
  }

  /** Whether the trace has not heard of this from a tree that did not reach its end. */
  private boolean isNews() {
    if (told == 0) {
      return true;
    }
    told--;
    return false;
  }

  private static void handBack(int[] current, int[] vector, int from, int size) {
    if (current != vector) {
      System.arraycopy(current, 0, vector, from, size);
    }
  }

  /** {@link Matcher#find} with everything shown. */
  private int tryRules(Rule[] rules, int index) {
    for (int i = index; i < rules.length; i++) {
      trace.trying(rules[i], this);
      if (matcher.match(rules[i])) {
        trace.matches(rules[i], this);
        return i;
      }
      trace.fails(rules[i]);
    }
    return rules.length;
  }

  private Level level(int level) {
    if (level >= levels.length) {
      levels = java.util.Arrays.copyOf(levels, levels.length * 2);
    }
    Level memory = levels[level];
    if (memory == null) {
      memory = new Level();
      levels[level] = memory;
    }
    return memory;
  }

  /** Runs the rule sets that {@code v} calls, right to left; leaves the length in resultLength. */
  private int calls(Rule rule, int[] v, int length, Level memory, int level) {
    int[] places = memory.calls;
    int n = length;
    int found = 0;
    boolean odd = symbols.holdsOdd();
    for (int i = 0; i < n; i++) {
      if (kind(v[i], symbols, odd) != Meta.CALL || i + 1 >= n) {
        continue;
      }
      int name = program.bareName(v[i + 1], symbols, text);
      if (name != v[i + 1]) {
        if (traced && own == null) {
          quotes.lose(rule, v[i + 1], name);
        }
        v[i + 1] = own == null ? name : change(own, v[i + 1], name);
      }
      int number = program.ruleSetOf(name, symbols, badRuleSet);
      if (number < 0) {
        fault("Unknown ruleset " + symbols.text(name), "");
        resultLength = n;
        return CONFIGURATION;
      }
      if (program.ruleSet(number).isEmpty()) {
        if (ruled) {
          trace.skipped(symbols.text(name), number);
        }
        System.arraycopy(v, i + 2, v, i, n - i - 2);
        n -= 2;
        continue; // the token that moved here is not looked at: sendmail's habit
      }
      if (++found >= MAX_CALLS) {
        fault("Too many subroutine calls (" + MAX_CALLS + " max)", "");
        resultLength = n;
        return CONFIGURATION;
      }
      places[found] = i;
    }
    int status = OK;
    for (; found > 0; found--) {
      int at = places[found];
      RuleSet set = program.ruleSet(program.ruleSetOf(v[at + 1], symbols, badRuleSet));
      if (traced && isNews()) {
        trace.calling(set);
      }
      System.arraycopy(v, at + 2, v, at, n - at - 2);
      n -= 2;
      int result = rewrite(v, at, n - at, set, level + 1, MAX_TOKENS - at);
      n = at + resultLength;
      if (result != OK && result != TEMPORARY_FAILURE) {
        resultLength = n;
        return result;
      }
      if (status == OK || result == TEMPORARY_FAILURE) {
        status = result;
      }
    }
    resultLength = n;
    return status;
  }

  /** A call has found {@code word}: changes it wherever it is. */
  private int change(OwnWords words, int word, int name) {
    int changed = words.change(word, name, symbols);
    replace(word, changed);
    return changed;
  }

  /** A word of a workspace has become another one. */
  void replace(int word, int other) {
    OwnWords.replace(workspace, word, other);
    for (Level level : levels) {
      if (level != null) {
        OwnWords.replace(level.one, word, other);
        OwnWords.replace(level.other, word, other);
      }
    }
    rewriter.replace(word, other);
  }

  /** Joins workspace tokens {@code [from, to)} into {@code out}; see {@link TokenText#join}. */
  public void join(int from, int to, int separator, int room, Bytes out) {
    TokenText.join(symbols, program.tables(), workspace, from, to, separator, room, out);
  }

  /**
   * What the operators of the rule that just matched stand for, as {@code from, to} pairs of places
   * in the vector that the trace was given with {@link Trace#enter}.
   */
  public int[] bindings() {
    return matcher.bindings();
  }
}
