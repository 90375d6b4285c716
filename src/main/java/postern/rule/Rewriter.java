package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Numbers;
import postern.map.Query;
import postern.text.Bytes;
import postern.text.Guarded;
import postern.text.Macros;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.Symbols;
import postern.text.TokenTables;
import postern.text.TokenText;

/**
 * Writes right-hand sides: parameters and run-time macros first, then map look-ups from left to
 * right.
 */
final class Rewriter {
  // To this many bytes sendmail cuts the value of a macro that is too long to be split.
  private static final int LEFT_OF_TOO_LONG = 256;

  private static final int KEY_ROOM = 1024;
  private static final int ARGUMENT_ROOM = 1256;

  private static final Bytes[] TRUTHS = {Bytes.of(Numbers.FALSE), Bytes.of(Numbers.TRUE)};

  /** A text without tokens. */
  static final SplitText EMPTY = new SplitText();

  private final Machine machine;
  private final Program program;
  private final Symbols symbols;
  private final Prescan prescan;
  private final Matcher matcher;
  private final Trace trace;
  private final boolean traced;
  private final boolean ruled;
  private final boolean reading;
  private final Query query = new Query();
  private final Query.Problems problems;
  private final Answer answer = new Answer();
  private final Bytes text = new Bytes(256);
  private int[] scratch = new int[64];
  private final @Nullable SplitText[] values = new SplitText[postern.text.MacroNames.LIMIT];
  private int generation;
  private final @Nullable SplitText[] truths = new SplitText[TRUTHS.length];

  Macros macros;

  /** The status after the last {@link #lookups}; set before. */
  int status;

  // sendmail splits every text into one and the same vector, and the outermost workspace is that
  // vector. So when a rule breaks off, what is left there is what was split last.
  private int @Nullable [] outermost;
  private int offset;
  private int level;
  private boolean unusual;
  private boolean wasFound;

  /** How many tokens are left in the workspace if the rule breaks off. */
  int left;

  /** What lies behind the workspace, if anybody wants to know. */
  @Nullable Leftovers leftovers;

  /** Whether words have places of their own ({@link OwnWords}). */
  boolean ownWords;

  /** Whether texts are guarded ({@link Guarded}). */
  boolean guards;

  // What a tree had done before it ended, while that is done again.
  private final TreeReplay replay = new TreeReplay();

  Rewriter(
      Machine machine,
      Program program,
      Symbols symbols,
      Prescan prescan,
      Matcher matcher,
      Macros macros,
      Trace trace) {
    this.machine = machine;
    this.program = program;
    this.symbols = symbols;
    this.prescan = prescan;
    this.matcher = matcher;
    this.macros = macros;
    this.trace = trace;
    traced = trace.detail() != Trace.Detail.NOTHING;
    ruled = trace.detail().compareTo(Trace.Detail.RULES) >= 0;
    reading = trace.detail().compareTo(Trace.Detail.MACROS) >= 0;
    problems = trace.problems();
  }

  /** What was split before must be split again: its symbols are forgotten. */
  void forget() {
    generation++;
  }

  /**
   * A rule is about to be applied.
   *
   * @param vector the rule's workspace
   * @param size tokens in it
   */
  void start(int[] vector, int depth, int size, int room) {
    outermost = depth == 0 ? vector : null;
    level = depth;
    offset = Machine.MAX_TOKENS - room;
    left = size;
    unusual = false;
  }

  /**
   * Whether a text that was split for the rule held more than words and operators: maybe raw bytes
   * that ask for a look-up or a call.
   */
  boolean isUnusual() {
    return unusual;
  }

  /** Writes the right-hand side; returns the number of tokens, or minus the status of a fault. */
  int substitute(Rule rule, int[] vector, int from, RuleSet set, int[] out, int room) {
    int n = 0;
    int[] write = rule.write;
    int[] first = matcher.first;
    int[] last = matcher.last;
    for (int code : write) {
      if (code >= 0) {
        if (n >= room) {
          return tooLong();
        }
        out[n++] = code;
      } else if (code > Rule.EXPAND) {
        int parameter = Rule.COPY - code - '1';
        if (parameter < 0 || parameter >= matcher.bound) {
          return noParameter(Rule.COPY - code, set);
        }
        int begin = from + first[parameter];
        int length = last[parameter] - first[parameter];
        if (ruled) {
          trace.parameter(parameter + 1, machine, vector, begin, begin + length);
        }
        if (n + length > room) {
          return tooLong();
        }
        for (int i = 0; i < length; i++) {
          out[n++] = vector[begin + i];
        }
      } else if (n >= room) {
        return tooLong();
      } else {
        n = expand(Rule.EXPAND - code, out, n, room);
        if (n < 0) {
          return n;
        }
      }
    }
    return n;
  }

  private int noParameter(int digit, RuleSet set) {
    machine.fault(
        "rewrite: ruleset " + set.shownName() + ": replacement $" + (char) digit + " out of bounds",
        "");
    return -Machine.CONFIGURATION;
  }

  int expand(int id, int[] out, int at, int room) {
    int[] tokens;
    int size;
    if (replay.isOn()) {
      size = replay.macro(id);
      if (size == 0) {
        return at;
      }
      if (size > 0) {
        return write(replay.tokens(), size, out, at, room);
      }
    }
    Bytes value = macros.get(id);
    if (reading) {
      trace.macro(false, id, value == null ? null : value.toString());
    }
    if (value == null || value.isEmpty()) {
      return at;
    }
    byte[] table = program.tables().external();
    SplitText known = values[id];
    if (known != null && known.is(value, generation, table) && !trace.watches()) {
      tokens = known.tokens;
      size = known.count;
    } else {
      if (!scanned(value, table)) {
        remember(Leftovers.VALUE);
        share(prescan.tokens(), prescan.written(), !prescan.isFailed());
        if (prescan.isTooLong() && value.length() > LEFT_OF_TOO_LONG) {
          macros.set(id, value.toString().substring(0, LEFT_OF_TOO_LONG));
        }
        return -Machine.DATA_ERROR;
      }
      tokens = prescan.tokens();
      size = prescan.count();
      if (prescan.isPlain()) { // nothing was complained of
        values[id] = become(known, value, table);
      } else {
        unusual = true;
      }
    }
    remember(Leftovers.VALUE, tokens, size, null);
    return write(tokens, size, out, at, room);
  }

  private boolean scanned(Bytes value, byte[] table) {
    if (leftovers != null) {
      prescan.memory(leftovers.memory(Leftovers.VALUE, level));
    }
    return prescan.scan(
        value.array(), 0, value.length(), 0, table, false, Prescan.ADDRESS_ROOM, trace);
  }

  private void remember(int kind) {
    remember(
        kind, prescan.tokens(), prescan.written(), prescan.isFailed() ? prescan.pending() : null);
  }

  private void remember(int kind, int[] tokens, int size, @Nullable Bytes rest) {
    if (leftovers != null) {
      leftovers.split(kind, level, tokens, size, rest);
    }
  }

  private SplitText become(@Nullable SplitText known, Bytes value, byte[] table) {
    SplitText text = known == null ? new SplitText() : known;
    text.become(value, generation, table, prescan);
    return text;
  }

  private int write(int[] tokens, int size, int[] out, int at, int room) {
    int n = at;
    for (int k = 0; k < size; k++) {
      if (ruled) {
        trace.macroToken(symbols.text(tokens[k]));
      }
      out[n++] = tokens[k];
      if (n >= room) {
        share(tokens, size, true);
        return tooLong();
      }
    }
    if (outermost != null && size - offset > left) { // what was there is put back, its end is not
      System.arraycopy(tokens, left + offset, outermost, left, size - offset - left);
      left = size - offset;
    }
    if (leftovers != null && outermost != null) {
      leftovers.restore(outermost, left, offset);
    }
    if (ruled) {
      trace.macroToken(null);
    }
    return n;
  }

  /**
   * Lets the outermost workspace share what the splitter has just written.
   *
   * @param ended whether the splitter got to the end and marked it
   */
  private void share(int[] tokens, int written, boolean ended) {
    if (outermost == null) {
      return;
    }
    if (written > offset) {
      System.arraycopy(tokens, offset, outermost, 0, written - offset);
    }
    if (written >= offset && (ended || written - offset > left)) {
      left = written - offset;
    }
    if (!ended && leftovers != null) {
      left = leftovers.follow(outermost, Math.max(0, written - offset), offset);
    }
  }

  int tooLong() {
    machine.fault("rewrite: expansion too long", "");
    return -Machine.DATA_ERROR;
  }

  /** Replaces each look-up by its answer, left to right; same results as {@link #substitute}. */
  int lookups(int[] v, int length, int room) {
    int n = length;
    int i = 0;
    boolean odd = symbols.holdsOdd();
    while (i < n) {
      int kind = Machine.kind(v[i], symbols, odd);
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
          machine.fault("rewrite: missing mapname", "");
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
      int argumentLeft = ARGUMENT_ROOM;
      query.start(macros, program.names(), problems);
      while (true) {
        int mark = i < n ? Machine.kind(v[i], symbols, odd) : -1;
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
              argumentLeft,
              argument);
          if (leftovers != null) {
            leftovers.argument(level, ARGUMENT_ROOM - argumentLeft, argument);
          }
          argumentLeft -= argument.length() + 1;
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
      int replayed = replay.isOn() ? replay.lookup() : TreeReplay.OVER;
      if (replayed != TreeReplay.OVER && replay.hasFailed()) {
        status = Machine.TEMPORARY_FAILURE;
      }
      boolean found =
          replayed == TreeReplay.OVER
              ? ask(map, true)
              : replayed >= 0 || replayed == TreeReplay.ASKED;
      int size;
      if (replayed >= 0) {
        size = replayed;
        reserve(size);
        System.arraycopy(replay.tokens(), 0, scratch, 0, size);
        if (size > 0) {
          remember(Leftovers.VALUE, scratch, size, null);
          share(scratch, size, true);
        }
      } else if (found && answer.value().isEmpty()) {
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
        if (ownWords) {
          OwnWords.copied(scratch, size, symbols);
        }
        if (leftovers != null) {
          leftovers.copied(scratch, size);
        }
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
      odd = symbols.holdsOdd();
    }
    return n;
  }

  private @Nullable MapEntry map(int name) {
    MapEntry map = program.map(symbols.fold(name), symbols);
    if (map == null) {
      machine.fault("rewrite: map " + symbols.text(name) + " not found", "");
    }
    return map;
  }

  // For decision trees.

  /** What is done from here on was done by a tree already, see {@link TreeReplay}. */
  void replay(TreeNode end, int[] variables) {
    if (end instanceof TreeNode.Lookup) {
      replay.begin(end.state.events(), variables, wasFound, hasFailed());
    } else {
      replay.begin(end.state.events(), variables);
    }
  }

  void endReplay() {
    replay.end();
  }

  /** The tokens of a run-time macro; EMPTY if it has no value, null if it is not a plain one. */
  @Nullable SplitText split(int id) {
    Bytes value = macros.get(id);
    if (value == null || value.isEmpty()) {
      return EMPTY;
    }
    SplitText known = values[id];
    byte[] table = program.tables().external();
    if (known != null && known.is(value, generation, table, value, value.edition())) {
      return known;
    }
    SplitText text = splitAnew(value, known);
    if (text != null) {
      values[id] = text;
    }
    return text;
  }

  /**
   * The tokens of a text, null if it is not a plain one; nobody is told why.
   *
   * @param known where it may have been split before
   */
  private @Nullable SplitText split(Bytes value, @Nullable SplitText known) {
    return known != null && known.is(value, generation, program.tables().external())
        ? known
        : splitAnew(value, known);
  }

  /**
   * The tokens of what a map has just answered; EMPTY if that is nothing, null if it is not a plain
   * text.
   *
   * @param known where such an answer may have been split before
   */
  @Nullable SplitText splitAnswer(@Nullable SplitText known) {
    Object origin = answer.origin();
    int place = answer.place();
    if (known != null
        && origin != null
        && known.isFrom(origin, place, generation, program.tables().external())) {
      return known;
    }
    Bytes value = answer.value();
    if (value.isEmpty()) {
      return EMPTY;
    }
    SplitText text = split(value, known);
    if (text != null && origin != null) {
      text.cameFrom(origin, place);
    }
    return text;
  }

  /** The tokens of a truth value, null if they cannot be had. */
  @Nullable SplitText truth(boolean holds) {
    int which = holds ? 1 : 0;
    SplitText text = split(TRUTHS[which], truths[which]);
    if (text != null) {
      truths[which] = text;
    }
    return text;
  }

  private @Nullable SplitText splitAnew(Bytes value, @Nullable SplitText known) {
    byte[] table = program.tables().external();
    boolean any =
        prescan.scan(
            value.array(),
            0,
            value.length(),
            0,
            table,
            false,
            Prescan.ADDRESS_ROOM,
            Prescan.Reporter.SILENT);
    return any && prescan.isPlain() ? become(known, value, table) : null;
  }

  /** A word has become another one. */
  void replace(int word, int other) {
    OwnWords.replace(scratch, word, other);
  }

  /** Asks a map what a tree wants to know. */
  boolean ask(TreeNode.Lookup node, TreeValues variables) {
    TokenTables tables = program.tables();
    query.start(macros, program.names(), problems);
    int room = ARGUMENT_ROOM;
    for (JoinedText text : node.arguments) {
      Bytes argument = query.addArgument();
      text.append(symbols, tables, variables, room, argument);
      room -= argument.length() + 1;
    }
    node.key.append(symbols, tables, variables, KEY_ROOM, query.key());
    status = Machine.OK;
    wasFound = ask(node.map, node.key.isQuoted());
    return wasFound;
  }

  private Bytes argument(JoinedText joined, TreeValues variables, int room) {
    Bytes whole = joined.whole(variables, room);
    if (whole != null) {
      return whole;
    }
    text.clear();
    joined.append(symbols, program.tables(), variables, room, text);
    return text;
  }

  /** Gives a macro the value that a tree found out. */
  void assign(int macro, JoinedText joined, TreeValues variables) {
    macros.set(macro, argument(joined, variables, ARGUMENT_ROOM));
    answerAtOnce("");
  }

  /** What the map that was not asked would have answered. */
  void answerAtOnce(String value) {
    answer.found().append(value);
    status = Machine.OK;
    wasFound = true;
  }

  /** A joined text as a number, as the maps of class arith read it. */
  long number(JoinedText joined, TreeValues variables) {
    int variable = joined.variable();
    long known = variable < 0 ? -1 : symbols.decimal(variables.tokens[variable]);
    return known >= 0 ? known : Numbers.number(argument(joined, variables, ARGUMENT_ROOM));
  }

  /** Whether the map that was asked last failed for the time being, and that counts. */
  boolean hasFailed() {
    return status == Machine.TEMPORARY_FAILURE;
  }

  private boolean ask(@Nullable MapEntry map, boolean quoted) {
    if (map == null || !map.open(problems)) {
      return false;
    }
    boolean guarded = guards && Guarded.out(query.key());
    if (quoted) {
      map.prepareKey(query);
    }
    if (traced) {
      trace.lookingUp(map, query);
    }
    map.lookup(query, answer);
    boolean failed = answer.isTemporaryFailure();
    if (traced) {
      trace.lookedUp(map, query, answer);
    }
    if (failed && map.temporaryFailuresCount()) {
      status = Machine.TEMPORARY_FAILURE;
    }
    if (failed && map.substitute(query, answer) && traced) {
      trace.substituted(answer.value());
    }
    if (guarded && answer.isFound()) {
      Guarded.in(answer.value()); // it may hold what the key held
    }
    return answer.isFound();
  }

  private int scan(Bytes value, byte[] table) {
    if (!scanned(value, table)) {
      remember(Leftovers.VALUE);
      share(prescan.tokens(), prescan.written(), !prescan.isFailed());
      return -Machine.DATA_ERROR;
    }
    unusual |= !prescan.isPlain();
    int size = prescan.count();
    remember(Leftovers.VALUE, prescan.tokens(), size, null);
    share(prescan.tokens(), size, true);
    reserve(size);
    System.arraycopy(prescan.tokens(), 0, scratch, 0, size);
    return size;
  }

  private void reserve(int size) {
    if (size > scratch.length) {
      scratch = new int[Math.max(size, Machine.MAX_TOKENS + 2)];
    }
  }
}
