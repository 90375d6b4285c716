package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.Classes;
import postern.text.Macros;
import postern.text.Symbols;
import postern.text.TokenTables;
import postern.text.TokenText;

/**
 * Holds a workspace against the left-hand sides of rules and keeps what their operators stand for.
 *
 * <p>Operators take as little as they can; on failure the last one that can take more takes one
 * token more. Nobody can tell from the outcome that steps are left out which cannot succeed: an
 * operator goes straight to the next place of the word behind it, or to the only place that leaves
 * the rest as many tokens as it takes; and once what follows a {@code $*} or {@code $+} fails,
 * operators in front of it do not try again, since whatever they leave to it, it has tried. (That
 * last one does not hold if a {@code $=x} may match several tokens.) A trace of the single steps
 * wants all of them, see {@link #matchSlowly}.
 */
final class Matcher {
  private static final int PHRASE_ROOM = 2048;
  private static final int LONGEST_PHRASE = PHRASE_ROOM - 8;

  private final Program program;
  private final Symbols symbols;
  private final Machine machine;
  private final Trace trace;
  private final boolean ruled;
  private final boolean reading;
  private final boolean stepped;
  private final Bytes phrase = new Bytes(256);

  private int[] vector = {};
  private int base;
  private int size;
  private Rule[] rules = {};
  private int[] folded = new int[Machine.CAPACITY + 2];

  // What compiled rules write: folded words of the workspace to come, and their bits.
  int[] next = new int[Machine.CAPACITY + 2];
  long bits;
  private int callAt;
  private long[] bitsOf = {};
  private @Nullable CompiledRules code;

  // What the operators matched: [first, last), counted from the workspace's first token, and their
  // step in the rule.
  final int[] first = new int[Machine.CAPACITY];
  final int[] last = new int[Machine.CAPACITY];
  private final int[] place = new int[Machine.CAPACITY];
  int bound;

  Macros macros;

  /** A matcher that belongs to {@code machine}, which its trace gets to see. */
  Matcher(Machine machine, Program program, Symbols symbols, Macros macros, Trace trace) {
    this.machine = machine;
    this.program = program;
    this.symbols = symbols;
    this.macros = macros;
    this.trace = trace;
    ruled = trace.detail().compareTo(Trace.Detail.RULES) >= 0;
    reading = trace.detail().compareTo(Trace.Detail.MACROS) >= 0;
    stepped = trace.detail() == Trace.Detail.STEPS;
  }

  /** Takes up the workspace {@code tokens[from, from + count)}; returns the bits of its words. */
  long load(int[] tokens, int from, int count, Plan.Words words) {
    vector = tokens;
    base = from;
    size = count;
    symbols.fold(tokens, from, count, folded);
    return words.bits(folded, count);
  }

  /** Writes a right-hand side by code; see {@link CompiledRules#write}. */
  int write(CompiledRules code, int rule, Plan plan, int[] tokens, int from, int[] out) {
    bits = 0;
    callAt = -1;
    bitsOf = plan.words.table();
    return code.write(this, rule, tokens, from, out);
  }

  /** For compiled rules: a call begins, what is in front of it is put aside. */
  void beginCall(int at) {
    callAt = at;
    bits = 0;
  }

  /** Where the call begins in what was written, -1 for none. */
  int callAt() {
    return callAt;
  }

  /** For compiled rules: copies what parameter {@code index} stands for; returns where it ends. */
  int copy(int index, int[] tokens, int from, int[] out, int to) {
    int[] words = folded;
    int[] written = next;
    long[] table = bitsOf;
    int end = last[index];
    int n = to;
    long sum = 0;
    for (int i = first[index]; i < end; i++) {
      int word = words[i];
      out[n] = tokens[from + i];
      written[n++] = word;
      sum |= word < table.length ? table[word] : 0;
    }
    bits |= sum;
    return n;
  }

  /** For compiled rules: the tokens of a run-time macro. */
  int expand(int id, int[] out, int to) {
    int end = machine.expand(id, out, to);
    if (end > to) {
      for (int i = to; i < end; i++) {
        int word = symbols.fold(out[i]);
        next[i] = word;
        bits |= word < bitsOf.length ? bitsOf[word] : 0;
      }
    }
    return end;
  }

  /**
   * Takes up what was just written, from its token {@code part} on, as the workspace {@code
   * tokens[from, from + count)}; returns the bits of its words.
   */
  long takeUp(int[] tokens, int from, int part, int count) {
    vector = tokens;
    base = from;
    size = count;
    if (part == 0) {
      int[] words = next;
      next = folded;
      folded = words;
    } else {
      System.arraycopy(next, part, folded, 0, count);
    }
    return bits;
  }

  /** The first rule from {@code index} on that matches; their number if none does. */
  int find(Plan plan, int index, long words) {
    // Compiled rules tell nobody which macros they read.
    CompiledRules compiled = reading || symbols.holdsOdd() ? null : plan.compiled(program);
    code = compiled;
    if (compiled != null) {
      rules = plan.rules;
      return compiled.find(this, folded, size, words, index);
    }
    long[] needs = plan.needs;
    int n = needs.length;
    int head = size > 0 ? folded[0] : Symbols.NONE;
    int tail = size > 0 ? folded[size - 1] : Symbols.NONE;
    for (int i = index; i < n; i++) {
      if ((needs[i] & ~words) != 0) {
        continue;
      }
      int over = size - plan.least[i];
      if (over < 0 || over > plan.spare[i]) {
        continue;
      }
      int wanted = plan.first[i];
      if (wanted >= 0 && wanted != head) {
        continue;
      }
      wanted = plan.last[i];
      if ((wanted < 0 || wanted == tail) && match(plan.rules[i])) {
        return i;
      }
    }
    return n;
  }

  /** What {@link #find} used last, null if it was the interpreter. */
  @Nullable CompiledRules code() {
    return code;
  }

  /** {@link #match} for compiled rules that leave one to it. */
  boolean matchRule(int index) {
    return match(rules[index]);
  }

  /** Whether a word is a member of a class, for compiled rules. */
  boolean isMember(int id, int word) {
    return program.classes().contains(id, word);
  }

  /** Whether the whole workspace matches {@code rule}. */
  boolean match(Rule rule) {
    if (ruled) {
      return matchSlowly(rule);
    }
    byte[] op = rule.op;
    int[] operand = rule.operand;
    int[] f = folded;
    int n = op.length;
    int end = size;
    boolean wordsOnly = isWordsOnly(rule);
    int at = 0;
    int step = 0;
    int b = 0;
    while (true) {
      if (step == n) {
        if (at == end) {
          bound = b;
          return true;
        }
      } else {
        int kind = op[step];
        if (kind == Rule.LITERAL) {
          if (at < end && f[at] == operand[step]) {
            at++;
            step++;
            continue;
          }
        } else if (kind == Rule.ANY0 || kind == Rule.ANY1) {
          int stop = stop(rule, step, kind == Rule.ANY1 ? at + 1 : at, wordsOnly);
          if (stop >= 0) {
            place[b] = step++;
            first[b] = at;
            last[b++] = stop;
            at = stop;
            continue;
          }
          if (wordsOnly) {
            return false;
          }
        } else if (kind == Rule.ZERO) {
          step++;
          continue;
        } else if (at < end) {
          int stop = once(kind, operand[step], at, wordsOnly);
          if (stop >= 0) {
            if (kind != Rule.MACRO) {
              place[b] = step;
              first[b] = at;
              last[b++] = stop;
            }
            step++;
            at = stop;
            continue;
          }
        }
      }
      // Back up: the last operator that can grow grows by one token or more.
      int stop = -1;
      while (stop < 0) {
        if (--b < 0) {
          return false;
        }
        step = place[b];
        int kind = op[step];
        if (kind == Rule.ANY0 || kind == Rule.ANY1) {
          stop = stop(rule, step, last[b] + 1, wordsOnly);
          if (stop < 0 && wordsOnly) {
            return false;
          }
        } else if (kind == Rule.CLASS && !wordsOnly && last[b] < end) {
          stop = phrase(operand[step], first[b], last[b] + 1);
        }
      }
      last[b++] = stop;
      at = stop;
      step++;
    }
  }

  private boolean isWordsOnly(Rule rule) {
    return rule.isClassless()
        || (program.blankSubstitute() != 0
            && !symbols.holdsOdd()
            && rule.matchesWordsOnly(program.classes(), program.splitting()));
  }

  /** The first end from {@code from} on of the growing operator at {@code step}, or -1. */
  private int stop(Rule rule, int step, int from, boolean wordsOnly) {
    int end = size;
    int rest = rule.rest[step];
    if (rest == 0 || (rest > 0 && wordsOnly)) {
      int stop = end - rest;
      return stop >= from ? stop : -1;
    }
    if (step + 1 < rule.op.length && rule.op[step + 1] == Rule.LITERAL) {
      int word = rule.operand[step + 1];
      for (int i = from; i < end; i++) {
        if (folded[i] == word) {
          return i;
        }
      }
      return -1;
    }
    return from <= end ? from : -1;
  }

  /** Where an operator that does not grow ends if it begins at {@code at}, or -1. */
  private int once(int kind, int id, int at, boolean wordsOnly) {
    switch (kind) {
      case Rule.ONE -> {
        return at + 1;
      }
      case Rule.NOT_CLASS -> {
        return program.classes().contains(id, folded[at]) ? -1 : at + 1;
      }
      case Rule.CLASS -> {
        if (!wordsOnly) {
          return phrase(id, at, at + 1);
        }
        return program.classes().contains(id, folded[at]) ? at + 1 : -1;
      }
      default -> {
        return macro(id, at);
      }
    }
  }

  /** {@link #match}, step by step. */
  private boolean matchSlowly(Rule rule) {
    byte[] op = rule.op;
    int[] operand = rule.operand;
    int n = op.length;
    int end = size;
    int at = 0;
    int step = 0;
    bound = 0;
    while (at < end || step < n) {
      if (stepped) {
        trace("ADVANCE rp=", step < n ? rule.lhs[step] : -1, at < end ? vector[base + at] : -1);
      }
      boolean failed = step >= n || (at >= end && op[step] != Rule.ANY0 && op[step] != Rule.ZERO);
      if (!failed) {
        int stop;
        switch (op[step]) {
          case Rule.LITERAL -> stop = folded[at] == operand[step] ? at + 1 : -1;
          case Rule.ANY0, Rule.ZERO -> stop = at;
          case Rule.ANY1, Rule.ONE -> stop = at + 1;
          case Rule.CLASS -> stop = phraseSlowly(operand[step], rule.lhs[step], at, at + 1);
          case Rule.NOT_CLASS ->
              stop = program.classes().contains(operand[step], folded[at]) ? -1 : at + 1;
          default -> stop = macro(operand[step], at);
        }
        failed = stop < 0;
        if (!failed) {
          if (op[step] != Rule.LITERAL && op[step] != Rule.ZERO && op[step] != Rule.MACRO) {
            place[bound] = step;
            first[bound] = at;
            last[bound++] = stop;
          }
          at = stop;
          step++;
          continue;
        }
      }
      boolean resumed = false;
      while (!resumed && --bound >= 0) {
        step = place[bound];
        at = last[bound];
        if (stepped) {
          trace("BACKUP  rp=", rule.lhs[step], at < end ? vector[base + at] : -1);
        }
        if (at >= end) {
          continue;
        }
        int stop = -1;
        if (op[step] == Rule.ANY0 || op[step] == Rule.ANY1) {
          stop = at + 1;
        } else if (op[step] == Rule.CLASS) {
          stop = phraseSlowly(operand[step], rule.lhs[step], first[bound], at + 1);
        }
        if (stop >= 0) {
          last[bound++] = stop;
          at = stop;
          step++;
          resumed = true;
        }
      }
      if (!resumed) {
        return false;
      }
    }
    return true;
  }

  private void trace(String what, int pattern, int token) {
    trace.step(what, machine, pattern, token);
  }

  /**
   * The end of the shortest phrase that begins at {@code from}, ends at {@code to} or later and is
   * a member of the class; -1 if there is none.
   */
  private int phrase(int id, int from, int to) {
    Classes classes = program.classes();
    int longest = classes.longest(id);
    if (longest < 0) {
      return -1;
    }
    if (longest > LONGEST_PHRASE) {
      return phraseSlowly(id, Symbols.NONE, from, to);
    }
    // The hash of the joined text can be had without joining; the members' table knows most of
    // those that are none by it.
    Symbols members = program.symbols();
    TokenTables tables = program.tables();
    int separator = program.blankSubstitute();
    int length = 0;
    int hash = 0;
    boolean atom = false;
    for (int stop = from + 1; stop <= size; stop++) {
      int token = vector[base + stop - 1];
      boolean next = tables.isAtom(symbols.first(token));
      if (atom && next && separator != 0) {
        hash = hash * 31 + Symbols.lower((byte) separator);
        length++;
      }
      atom = next;
      int n = symbols.length(token);
      length += n;
      if (length > longest && stop > from + 1) {
        return -1;
      }
      if (n > Symbols.MOST_POWER) {
        return phraseSlowly(id, Symbols.NONE, from, to);
      }
      hash = hash * Symbols.power(n) + symbols.hash(folded[stop - 1]);
      if (stop < to) {
        continue;
      }
      if (stop == from + 1
          ? classes.contains(id, folded[from])
          : members.mayHold(hash, length) && isMember(id, from, stop)) {
        return stop;
      }
    }
    return -1;
  }

  private boolean isMember(int id, int from, int to) {
    phrase.clear();
    TokenText.join(
        symbols,
        program.tables(),
        vector,
        base + from,
        base + to,
        program.blankSubstitute(),
        PHRASE_ROOM,
        phrase);
    byte[] bytes = phrase.array();
    int n = phrase.length();
    for (int i = 0; i < n; i++) {
      bytes[i] = Symbols.lower(bytes[i]);
    }
    return program.classes().contains(id, program.symbols().find(bytes, 0, n));
  }

  private int phraseSlowly(int id, int pattern, int from, int to) {
    Classes classes = program.classes();
    int longest = classes.longest(id);
    if (longest < 0 && !stepped) {
      return -1;
    }
    int stop = to;
    if (stop == from + 1 && stop <= size) {
      if (classes.contains(id, folded[from])) {
        if (stepped) {
          trace("CLMATCH", -1, -1);
        }
        return stop;
      }
      if (stepped) {
        trace("EXTEND  rp=", pattern, vector[base + from]);
      }
      stop++;
    }
    for (; stop <= size; stop++) {
      boolean member = isMember(id, from, stop);
      if (phrase.length() > longest && !stepped) {
        return -1;
      }
      if (member) {
        if (stepped) {
          trace("CLMATCH", -1, -1);
        }
        return stop;
      }
      if (stepped) {
        trace("EXTEND  rp=", pattern, vector[base + stop - 1]);
      }
    }
    return -1;
  }

  /** Where the workspace goes on behind the value of a run-time macro; -1 if it is not there. */
  int macro(int id, int from) {
    Bytes value = macros.get(id);
    if (reading) {
      trace.macro(true, id, value == null ? null : value.toString());
    }
    if (value == null) {
      return from;
    }
    int at = from;
    int read = 0;
    while (read < value.length()) {
      if (at >= size) {
        return -1;
      }
      int token = vector[base + at];
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

  /** {@link Machine#bindings}. */
  int[] bindings() {
    int[] pairs = new int[bound * 2];
    for (int i = 0; i < bound; i++) {
      pairs[2 * i] = base + first[i];
      pairs[2 * i + 1] = base + last[i];
    }
    return pairs;
  }
}
