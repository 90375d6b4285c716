package postern.rule;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.text.Bytes;
import postern.text.Classes;
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

  /** Statuses of a rule set. */
  public static final int OK = 0;

  public static final int USAGE = 64;
  public static final int DATA_ERROR = 65;
  public static final int TEMPORARY_FAILURE = 75;
  public static final int CONFIGURATION = 78;

  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_LEVEL = 50;
  private static final int MAX_CALLS = 16;
  private static final int KEY_ROOM = 1024;
  private static final int PHRASE_ROOM = 2048;
  private static final int ARGUMENT_ROOM = 1256;
  // Behind the tokens of a level's vector stand the places of its calls.
  private static final int CALL_PLACES = MAX_TOKENS + 2;
  private static final int NET = Symbols.ofMeta(Meta.NET);

  private final Program program;
  private final Symbols symbols;
  private final Prescan prescan;
  private final Trace trace;
  private final boolean traced;
  private final boolean ruled;
  private final boolean stepped;
  private final Query query = new Query();
  private final Query.Problems problems;
  private final Consumer<String> badRuleSet;
  private final Answer answer = new Answer();
  private final Bytes text = new Bytes(256);
  private final Bytes phrase = new Bytes(256);
  private Macros macros;

  private int[] workspace = new int[MAX_TOKENS + 2];
  private int count;
  private int[][] levels = new int[4][];
  private int resultLength;
  private int[] scratch = new int[64];

  // What the operators of the left-hand side matched: [first, last) and their place in the rule.
  private final int[] first = new int[MAX_TOKENS];
  private final int[] last = new int[MAX_TOKENS];
  private final int[] place = new int[MAX_TOKENS];
  private int bound;

  private int lookupStatus;

  // sendmail splits every text into one and the same vector, and the outermost workspace is that
  // vector. So when a rule breaks off, what is left there is what was split last.
  private boolean shared;
  private int offset;
  private int left;

  /**
   * A machine for {@code program}.
   *
   * @param macros macro scope of the evaluations; {@link #macros(Macros)} changes it
   */
  public Machine(Program program, Macros macros, Trace trace) {
    this.program = program;
    this.macros = macros;
    this.trace = trace;
    traced = trace.detail() != Trace.Detail.NOTHING;
    ruled = trace.detail().compareTo(Trace.Detail.RULES) >= 0;
    stepped = trace.detail() == Trace.Detail.STEPS;
    symbols = new Symbols(program.symbols());
    prescan = new Prescan(symbols);
    problems = trace::fault;
    badRuleSet = message -> trace.fault(message, "");
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
  }

  /** Begins a new evaluation with an empty workspace. */
  public void clear() {
    count = 0;
    symbols.clear();
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
    boolean found =
        prescan.scan(bytes, from, to, delimiter, table, tolerant, Prescan.ADDRESS_ROOM, reporter);
    if (!found) {
      return false;
    }
    for (int i = 0; i < prescan.count() && count < MAX_TOKENS; i++) {
      workspace[count++] = prescan.token(i);
    }
    return true;
  }

  /** Where the last {@link #add} stopped. */
  public int scanEnd() {
    return prescan.end();
  }

  /** Whether the last {@link #add} failed because the text does not fit. */
  public boolean isTooLong() {
    return prescan.isTooLong();
  }

  /** Adds one symbol to the workspace. */
  public void add(int symbol) {
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
  }

  /** Whether the workspace begins with {@code $#}. */
  public boolean isResolved() {
    return count > 0 && startsNet(workspace[0]);
  }

  private boolean startsNet(int token) {
    return token == NET || (token >= 32 && symbols.first(token) == Meta.NET);
  }

  /** Runs rule set {@code number} on the workspace and returns its status. */
  public int run(int number) {
    return run(number, MAX_TOKENS);
  }

  /** Runs a rule set that may leave {@code room} tokens at most. */
  public int run(int number, int room) {
    int status = rewrite(workspace, 0, count, program.ruleSet(number), 0, room);
    count = resultLength;
    return status;
  }

  private int rewrite(int[] vector, int from, int length, RuleSet set, int level, int room) {
    resultLength = length;
    if (traced) {
      trace.enter(set, this, vector, from, from + length);
    }
    if (level > MAX_LEVEL) {
      trace.fault(
          "rewrite: excessive recursion (max " + MAX_LEVEL + "), ruleset " + set.name(), "");
      return CONFIGURATION;
    }
    if (room <= 0) {
      return USAGE;
    }
    Rule[] rules = set.rules;
    int size = length;
    int status = OK;
    int attempts = 0;
    long words = words(vector, from, size);
    int index = 0;
    while (index < rules.length) {
      if (size > 0 && startsNet(vector[from])) {
        break;
      }
      Rule rule = rules[index];
      if (ruled) {
        trace.trying(rule, this);
      }
      if (++attempts > MAX_ATTEMPTS) {
        trace.fault("Infinite loop in ruleset " + set.name() + ", rule " + (index + 1), "");
        trace.looping(this, vector, from, from + size);
        break;
      }
      boolean matched;
      if (ruled) {
        matched = match(rule, vector, from, size);
        if (!matched) {
          trace.fails(rule);
        } else {
          trace.matches(rule, this);
        }
      } else {
        matched = possible(rule, vector, from, size, words) && match(rule, vector, from, size);
      }
      if (!matched) {
        index++;
        attempts = 0;
        continue;
      }
      int[] built = level(level);
      shared = level == 0;
      offset = MAX_TOKENS - room;
      left = size;
      int n = substitute(rule, vector, set, built, room);
      if (n < 0) {
        resultLength = left;
        return -n;
      }
      lookupStatus = status;
      if (rule.lookups || rule.calls || mayHoldMeta(built, n)) {
        n = lookups(built, n, room);
        if (n < 0) {
          resultLength = left;
          return -n;
        }
        status = lookupStatus;
        int calls = calls(rule, built, n, level);
        n = resultLength;
        if (status == OK || calls == TEMPORARY_FAILURE) {
          status = calls;
        }
      }
      if (n > room) {
        trace.fault("rewrite: expansion too long", "");
        resultLength = size;
        return DATA_ERROR;
      }
      System.arraycopy(built, 0, vector, from, n);
      size = n;
      words = words(vector, from, size);
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
    }
    resultLength = size;
    if (traced) {
      trace.leave(set, this, vector, from, from + size);
    }
    return status;
  }

  private int[] level(int level) {
    if (level >= levels.length) {
      levels = java.util.Arrays.copyOf(levels, levels.length * 2);
    }
    int[] built = levels[level];
    if (built == null) {
      built = new int[CALL_PLACES + MAX_CALLS + 1];
      levels[level] = built;
    }
    return built;
  }

  /** The bits of all words of a workspace, to be held against {@link Rule#literals}. */
  private long words(int[] vector, int from, int size) {
    long bits = 0;
    for (int i = from; i < from + size; i++) {
      bits |= Rule.bit(symbols.fold(vector[i]));
    }
    return bits;
  }

  private boolean possible(Rule rule, int[] vector, int from, int size, long words) {
    if ((rule.literals & ~words) != 0
        || size < rule.minTokens
        || (rule.fixedLength && size != rule.minTokens)) {
      return false;
    }
    return (rule.firstLiteral < 0 || symbols.fold(vector[from]) == rule.firstLiteral)
        && (rule.lastLiteral < 0 || symbols.fold(vector[from + size - 1]) == rule.lastLiteral);
  }

  /** Parameters alone cannot bring look-ups or calls in; a raw byte in a token might. */
  private boolean mayHoldMeta(int[] tokens, int n) {
    for (int i = 0; i < n; i++) {
      int f = symbols.first(tokens[i]);
      if (f == Meta.LOOKUP || f == Meta.HOST_BEGIN || f == Meta.CALL) {
        return true;
      }
    }
    return false;
  }

  /**
   * Matches the whole workspace against a rule: operators take as little as they can, and on
   * failure the last one that can take more takes one token more.
   */
  private boolean match(Rule rule, int[] vector, int from, int size) {
    byte[] op = rule.op;
    int[] operand = rule.operand;
    int n = op.length;
    int end = from + size;
    int at = from;
    int step = 0;
    bound = 0;
    while (at < end || step < n) {
      boolean failed;
      if (stepped) {
        trace.step("ADVANCE rp=", this, step < n ? rule.lhs[step] : -1, at < end ? vector[at] : -1);
      }
      if (step >= n) {
        failed = true;
      } else if (at >= end && op[step] != Rule.ANY0 && op[step] != Rule.ZERO) {
        failed = true;
      } else {
        failed = false;
        switch (op[step]) {
          case Rule.LITERAL -> {
            if (symbols.fold(vector[at]) == operand[step]) {
              at++;
            } else {
              failed = true;
            }
          }
          case Rule.ANY0 -> {
            place[bound] = step;
            first[bound] = at;
            last[bound] = at;
            bound++;
          }
          case Rule.ANY1, Rule.ONE -> {
            place[bound] = step;
            first[bound] = at;
            last[bound] = ++at;
            bound++;
          }
          case Rule.CLASS -> {
            place[bound] = step;
            first[bound] = at;
            int stop = phrase(operand[step], rule.lhs[step], vector, at, at + 1, end);
            if (stop < 0) {
              failed = true;
            } else {
              last[bound] = stop;
              at = stop;
              bound++;
            }
          }
          case Rule.NOT_CLASS -> {
            if (program.classes().contains(operand[step], symbols.fold(vector[at]))) {
              failed = true;
            } else {
              place[bound] = step;
              first[bound] = at;
              last[bound] = ++at;
              bound++;
            }
          }
          case Rule.ZERO -> {}
          default -> {
            int next = macro(operand[step], vector, at, end);
            if (next < 0) {
              failed = true;
            } else {
              at = next;
            }
          }
        }
      }
      if (!failed) {
        step++;
        continue;
      }
      // Back up: the last operator that can grow grows by one token.
      boolean resumed = false;
      while (--bound >= 0) {
        step = place[bound];
        at = last[bound];
        if (stepped) {
          trace.step("BACKUP  rp=", this, rule.lhs[step], at < end ? vector[at] : -1);
        }
        if (at >= end) {
          continue;
        }
        byte kind = op[step];
        if (kind == Rule.ANY0 || kind == Rule.ANY1) {
          last[bound] = ++at;
          bound++;
          step++;
          resumed = true;
          break;
        }
        if (kind == Rule.CLASS) {
          int stop = phrase(operand[step], rule.lhs[step], vector, first[bound], at + 1, end);
          if (stop >= 0) {
            last[bound] = stop;
            at = stop;
            bound++;
            step++;
            resumed = true;
            break;
          }
        }
      }
      if (!resumed) {
        return false;
      }
    }
    return true;
  }

  /**
   * The end of the shortest phrase that begins at {@code from}, ends at {@code to} or later and is
   * a member of the class; -1 if there is none.
   */
  private int phrase(int id, int pattern, int[] vector, int from, int to, int end) {
    Classes classes = program.classes();
    int longest = classes.longest(id);
    if (longest < 0 && !stepped) {
      return -1;
    }
    int stop = to;
    if (stop == from + 1 && stop <= end) {
      if (classes.contains(id, symbols.fold(vector[from]))) {
        if (stepped) {
          trace.step("CLMATCH", this, -1, -1);
        }
        return stop;
      }
      if (stepped) {
        trace.step("EXTEND  rp=", this, pattern, vector[from]);
      }
      stop++;
    }
    for (; stop <= end; stop++) {
      phrase.clear();
      TokenText.join(
          symbols,
          program.tables(),
          vector,
          from,
          stop,
          program.blankSubstitute(),
          PHRASE_ROOM,
          phrase);
      byte[] bytes = phrase.array();
      int n = phrase.length();
      if (n > longest && !stepped) {
        return -1;
      }
      for (int i = 0; i < n; i++) {
        bytes[i] = Symbols.lower(bytes[i]);
      }
      if (classes.contains(id, program.symbols().find(bytes, 0, n))) {
        if (stepped) {
          trace.step("CLMATCH", this, -1, -1);
        }
        return stop;
      }
      if (stepped) {
        trace.step("EXTEND  rp=", this, pattern, vector[stop - 1]);
      }
    }
    return -1;
  }

  /** Where the workspace goes on behind the value of a run-time macro; -1 if it is not there. */
  private int macro(int id, int[] vector, int from, int end) {
    Bytes value = macros.get(id);
    if (ruled) {
      trace.macro(true, id, value == null ? null : value.toString());
    }
    if (value == null) {
      return from;
    }
    int at = from;
    int read = 0;
    while (read < value.length()) {
      if (at >= end) {
        return -1;
      }
      int token = vector[at];
      int n = symbols.length(token);
      if (read + n > value.length()) {
        return -1;
      }
      for (int i = 0; i < n; i++) {
        if (Symbols.lower((byte) symbols.at(token, i)) != Symbols.lower(value.array()[read + i])) {
          return -1;
        }
      }
      read += n;
      at++;
    }
    return at;
  }

  /** Writes the right-hand side; returns the number of tokens, or minus the status of a fault. */
  private int substitute(Rule rule, int[] vector, RuleSet set, int[] out, int room) {
    int n = 0;
    int[] rhs = rule.rhs;
    for (int i = rule.body; i < rhs.length; i++) {
      int token = rhs[i];
      int kind = symbols.first(token);
      if (kind == Meta.REPL) {
        int digit = symbols.length(token) > 1 ? symbols.at(token, 1) : 0;
        int parameter = digit - '1';
        if (parameter < 0 || parameter >= bound) {
          trace.fault(
              "rewrite: ruleset "
                  + set.name()
                  + ": replacement $"
                  + (char) digit
                  + " out of bounds",
              "");
          return -CONFIGURATION;
        }
        if (ruled) {
          trace.parameter(parameter + 1, this, vector, first[parameter], last[parameter]);
        }
        int length = last[parameter] - first[parameter];
        if (n + length > room) {
          return tooLong();
        }
        System.arraycopy(vector, first[parameter], out, n, length);
        n += length;
      } else if (n >= room) {
        return tooLong();
      } else if (kind == Meta.DEXPAND) {
        int id = symbols.length(token) > 1 ? symbols.at(token, 1) : 0;
        Bytes value = macros.get(id);
        if (ruled) {
          trace.macro(false, id, value == null ? null : value.toString());
        }
        if (value == null || value.isEmpty()) {
          continue;
        }
        if (!prescan.scan(
            value.array(),
            0,
            value.length(),
            0,
            program.tables().external(),
            false,
            Prescan.ADDRESS_ROOM,
            trace)) {
          share(prescan.written(), !prescan.isFailed());
          return -DATA_ERROR;
        }
        int size = prescan.count();
        for (int k = 0; k < size; k++) {
          if (ruled) {
            trace.macroToken(symbols.text(prescan.token(k)));
          }
          out[n++] = prescan.token(k);
          if (n >= room) {
            share(size, true);
            return tooLong();
          }
        }
        if (shared && size - offset > left) { // what was there is put back, its end is not
          for (int k = left; k < size - offset; k++) {
            workspace[k] = prescan.token(k + offset);
          }
          left = size - offset;
        }
        if (ruled) {
          trace.macroToken(null);
        }
      } else {
        out[n++] = token;
      }
    }
    return n;
  }

  /**
   * Lets the outermost workspace share what the splitter has just written.
   *
   * @param ended whether the splitter got to the end and marked it
   */
  private void share(int written, boolean ended) {
    if (!shared) {
      return;
    }
    for (int i = offset; i < written; i++) {
      workspace[i - offset] = prescan.token(i);
    }
    if (written >= offset && (ended || written - offset > left)) {
      left = written - offset;
    }
  }

  private int tooLong() {
    trace.fault("rewrite: expansion too long", "");
    return -DATA_ERROR;
  }

  /** Replaces each look-up by its answer, left to right; same results as {@link #substitute}. */
  private int lookups(int[] v, int length, int room) {
    int n = length;
    int i = 0;
    while (i < n) {
      int kind = symbols.first(v[i]);
      if (kind != Meta.LOOKUP && kind != Meta.HOST_BEGIN) {
        i++;
        continue;
      }
      int begin = i;
      MapEntry map;
      int endToken;
      if (kind == Meta.HOST_BEGIN) {
        endToken = Meta.HOST_END;
        map = program.maps().find("host");
        i++;
      } else {
        endToken = Meta.LOOKUP_END;
        i++;
        if (i >= n) {
          trace.fault("rewrite: missing mapname", "");
          return n;
        }
        map = map(v[i]);
        i++;
      }
      int keyFrom = i;
      int keyTo = -1;
      int defaultFrom = -1;
      int defaultTo = -1;
      int argumentFrom = -1;
      int left = ARGUMENT_ROOM;
      query.start(macros, program.names(), problems);
      while (true) {
        int mark = i < n ? symbols.first(v[i]) : -1;
        boolean ends = i >= n || mark == endToken;
        if (!ends && mark != Meta.HOST && mark != Meta.USER) {
          i++;
          continue;
        }
        if (keyTo < 0) {
          keyTo = i;
        }
        if (argumentFrom >= 0) {
          Bytes argument = query.addArgument();
          TokenText.join(
              symbols,
              program.tables(),
              v,
              argumentFrom,
              i,
              program.blankSubstitute(),
              left,
              argument);
          left -= argument.length() + 1;
          argumentFrom = -1;
        }
        if (defaultFrom >= 0 && defaultTo < 0) {
          defaultTo = i;
        }
        if (ends) {
          break;
        }
        i++;
        if (mark == Meta.HOST) {
          argumentFrom = i;
        } else {
          defaultFrom = i;
          defaultTo = -1;
        }
      }
      int rest = Math.min(n, i + 1);
      int substitute = map == null ? 0 : map.flags().spaceSubstitute();
      TokenText.join(
          symbols,
          program.tables(),
          v,
          keyFrom,
          keyTo,
          substitute == 0 ? program.blankSubstitute() : substitute,
          KEY_ROOM,
          query.key());
      boolean found = ask(map);
      int size;
      if (found && answer.value().isEmpty()) {
        size = 0;
      } else if (found) {
        Bytes value = answer.value();
        size = scan(value, program.tables().external());
      } else if (defaultFrom >= 0) {
        text.clear();
        TokenText.join(
            symbols,
            program.tables(),
            v,
            defaultFrom,
            defaultTo,
            program.blankSubstitute(),
            KEY_ROOM,
            text);
        size = text.isEmpty() ? 0 : scan(text, program.tables().internal());
      } else {
        size = keyTo - keyFrom;
        reserve(size);
        System.arraycopy(v, keyFrom, scratch, 0, size);
      }
      if (size < 0) {
        return size;
      }
      if (begin + size + n - rest >= room) {
        return tooLong();
      }
      System.arraycopy(v, rest, v, begin + size, n - rest);
      System.arraycopy(scratch, 0, v, begin, size);
      n = begin + size + n - rest;
      i = begin + size;
    }
    return n;
  }

  private @Nullable MapEntry map(int name) {
    MapEntry map = program.map(symbols.fold(name), symbols);
    if (map == null) {
      trace.fault("rewrite: map " + symbols.text(name) + " not found", "");
    }
    return map;
  }

  private boolean ask(@Nullable MapEntry map) {
    if (map == null || !map.open(problems)) {
      return false;
    }
    map.prepareKey(query);
    if (traced) {
      trace.lookingUp(map, query);
    }
    map.lookup(query, answer);
    boolean failed = answer.isTemporaryFailure();
    if (traced) {
      trace.lookedUp(map, query, answer);
    }
    if (failed && map.temporaryFailuresCount()) {
      lookupStatus = TEMPORARY_FAILURE;
    }
    if (failed && map.substitute(query, answer) && traced) {
      trace.substituted(answer.value());
    }
    return answer.isFound();
  }

  private int scan(Bytes value, byte[] table) {
    if (!prescan.scan(
        value.array(), 0, value.length(), 0, table, false, Prescan.ADDRESS_ROOM, trace)) {
      share(prescan.written(), !prescan.isFailed());
      return -DATA_ERROR;
    }
    int size = prescan.count();
    share(size, true);
    reserve(size);
    for (int k = 0; k < size; k++) {
      scratch[k] = prescan.token(k);
    }
    return size;
  }

  private void reserve(int size) {
    if (size > scratch.length) {
      scratch = new int[Math.max(size, MAX_TOKENS + 2)];
    }
  }

  /** Runs the rule sets that {@code v} calls, right to left; leaves the length in resultLength. */
  private int calls(Rule rule, int[] v, int length, int level) {
    int n = length;
    int found = 0;
    for (int i = 0; i < n; i++) {
      if (symbols.first(v[i]) != Meta.CALL || i + 1 >= n) {
        continue;
      }
      int name = bareName(v[i + 1]);
      if (name != v[i + 1]) {
        rule.unquote(v[i + 1], name);
        v[i + 1] = name;
      }
      int number = program.ruleSetOf(name, symbols, badRuleSet);
      if (number < 0) {
        trace.fault("Unknown ruleset " + symbols.text(name), "");
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
        trace.fault("Too many subroutine calls (" + MAX_CALLS + " max)", "");
        resultLength = n;
        return CONFIGURATION;
      }
      v[CALL_PLACES + found] = i;
    }
    int status = OK;
    for (; found > 0; found--) {
      int at = v[CALL_PLACES + found];
      RuleSet set = program.ruleSet(program.ruleSetOf(v[at + 1], symbols, badRuleSet));
      if (traced) {
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

  private int bareName(int token) {
    int n = symbols.length(token);
    boolean plain = true;
    for (int i = 0; i < n && plain; i++) {
      int b = symbols.at(token, i);
      plain = b != '"' && b != '\\' && b != ' ' && (b < '\t' || b > '\r');
    }
    if (plain) {
      return token;
    }
    text.clear();
    symbols.append(token, text);
    Program.toRuleSetName(text);
    return symbols.intern(text.array(), 0, text.length());
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
    int[] pairs = new int[bound * 2];
    for (int i = 0; i < bound; i++) {
      pairs[2 * i] = first[i];
      pairs[2 * i + 1] = last[i];
    }
    return pairs;
  }
}
