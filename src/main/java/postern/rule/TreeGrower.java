package postern.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.text.Bytes;
import postern.text.MacroNames;
import postern.text.Meta;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * Goes on with an evaluation of which only shapes are known, as a {@link Machine} would, up to the
 * next thing that only a running evaluation knows: a {@link TreeNode}. Whatever would be a fault or
 * close to a limit is left to the interpreter.
 */
final class TreeGrower {
  private static final int MOST_RULES = 1_000;
  private static final int MOST_ATTEMPTS = 90;
  private static final int MOST_LEVELS = 40;
  private static final int MOST_CALLS = 12;
  private static final int KEY_ROOM = 1024;
  private static final int ARGUMENT_ROOM = 1256;
  private static final int[] NOTHING = {};

  private final DecisionTree tree;
  private final Program program;
  private final Symbols symbols;
  private TreeState state;
  private final List<TreeNode.Word> told = new ArrayList<>();
  private int applied;

  // The right-hand side at hand: what it has read of the state's events, and the node it needs.
  private int read;
  private @Nullable TreeNode needed;
  private boolean stopped;

  TreeGrower(DecisionTree tree, Program program) {
    this.tree = tree;
    this.program = program;
    symbols = program.symbols();
    state = begun(0, NOTHING);
  }

  private TreeState begun(int number, int[] words) {
    int[] tokens = new int[words.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = ~i;
    }
    return new TreeState(frame(null, number, 0, tokens), words, null, null, 0, false);
  }

  private TreeState.Frame frame(
      TreeState.@Nullable Frame outer, int number, int level, int[] tokens) {
    return new TreeState.Frame(outer, program.ruleSet(number), level, 0, 0, tokens, NOTHING, 0);
  }

  /** The first node of a rule set that runs on a workspace of this shape. */
  TreeNode begin(int number, Shape shape) {
    return next(begun(number, shape.words));
  }

  /** The next node of an evaluation. */
  TreeNode next(TreeState from) {
    state = from;
    TreeNode node = find();
    return told.isEmpty()
        ? node
        : new TreeNode.Tell(state, told.toArray(new TreeNode.Word[0]), node);
  }

  private TreeNode find() {
    TreeMatcher matcher = new TreeMatcher(tree, program, state);
    while (true) {
      TreeState.Frame frame = state.frame();
      Rule[] rules = frame.set().rules;
      int[] tokens = frame.tokens();
      int index = rules.length;
      if (tokens.length == 0 || !isNet(tokens[0])) {
        if (frame.attempts() >= MOST_ATTEMPTS || frame.level() >= MOST_LEVELS) {
          return new TreeNode.Stop(state);
        }
        matcher.load(state);
        index = matcher.find(rules, frame.index());
        TreeNode test = matcher.test();
        if (test != null) {
          return test;
        }
        if (matcher.isStopped()) {
          return new TreeNode.Stop(state);
        }
      }
      if (index == rules.length) {
        if (frame.outer() == null) {
          return result(tokens);
        }
        stopped = false;
        tell(TreeNode.What.LEAVES, frame.set(), tokens);
        leave(frame.outer(), tokens);
        if (stopped) {
          return new TreeNode.Stop(state);
        }
      } else if (++applied > MOST_RULES) {
        return new TreeNode.Stop(state);
      } else {
        apply(frame, index, matcher);
        TreeNode node = needed;
        if (node != null) {
          return node;
        }
        if (stopped) {
          return new TreeNode.Stop(state);
        }
      }
    }
  }

  private TreeNode result(int[] tokens) {
    boolean plain = true;
    for (int token : tokens) {
      plain &= token < 0 || program.isPlain(token, symbols);
    }
    int status = state.temporary() ? Machine.TEMPORARY_FAILURE : Machine.OK;
    int[] words = new int[tokens.length];
    int hash = tokens.length;
    for (int i = 0; i < tokens.length; i++) {
      words[i] =
          tokens[i] >= 0 ? tree.word(symbols.fold(tokens[i])) : state.variables()[~tokens[i]];
      hash = DecisionTree.hash(hash, words[i]);
    }
    Shape shape =
        tokens.length > DecisionTree.MOST_TOKENS ? null : tree.shape(words, words.length, hash);
    return new TreeNode.Result(state, tokens, shape, status, plain);
  }

  private boolean isNet(int token) {
    int word = token >= 0 ? token : state.variables()[~token];
    return word == Symbols.ofMeta(Meta.NET);
  }

  /** The metasymbol byte that a token is, or something else. */
  private int kind(int token) {
    int word = token >= 0 ? token : state.variables()[~token];
    return word >= 0 && word < 32 ? word + 0x80 : 0;
  }

  /** A rule set that was called is done: back to the rule that called it. */
  private void leave(TreeState.Frame outer, int[] result) {
    int at = outer.at();
    int[] built = Arrays.copyOf(outer.tokens(), at + result.length);
    System.arraycopy(result, 0, built, at, result.length);
    if (built.length > DecisionTree.MOST_TOKENS) {
      stopped = true;
      return;
    }
    call(outer, built, outer.calls());
  }

  /** Makes the next of the calls in {@code built}, or ends the rule if there is none. */
  private void call(TreeState.Frame frame, int[] built, int[] places) {
    if (places.length == 0) {
      end(frame, built);
      return;
    }
    int at = places[0];
    int number = numbered(built[at + 1]);
    if (number < 0) {
      stopped = true;
      return;
    }
    int[] without = without(built, at);
    TreeState.Frame waiting =
        new TreeState.Frame(
            frame.outer(),
            frame.set(),
            frame.level(),
            frame.index(),
            frame.attempts(),
            without,
            Arrays.copyOfRange(places, 1, places.length),
            at);
    int[] inner = Arrays.copyOfRange(without, at, without.length);
    TreeState.Frame called = frame(waiting, number, frame.level() + 1, inner);
    tell(TreeNode.What.CALLING, called.set(), inner);
    tell(TreeNode.What.ENTERS, called.set(), inner);
    state = state.at(called);
  }

  private void tell(TreeNode.What what, RuleSet set, int[] tokens) {
    if (tree.traced) {
      told.add(new TreeNode.Word(what, set, tokens));
    }
  }

  private static int[] without(int[] tokens, int at) {
    int[] rest = Arrays.copyOf(tokens, tokens.length - 2);
    System.arraycopy(tokens, at + 2, rest, at, rest.length - at);
    return rest;
  }

  /** The rule set that a token behind {@code $>} names, -1 if that is for the interpreter. */
  private int numbered(int name) {
    return name < 0 ? -1 : program.knownRuleSet(name);
  }

  /** The rule has been applied. */
  private void end(TreeState.Frame frame, int[] tokens) {
    Rule rule = frame.set().rules[frame.index()];
    int index = frame.index();
    int attempts = frame.attempts();
    if (rule.after == Rule.After.RETURN) {
      index = frame.set().rules.length;
    } else if (rule.after == Rule.After.NEXT) {
      index++;
      attempts = 0;
    }
    state =
        state.at(
            new TreeState.Frame(
                frame.outer(), frame.set(), frame.level(), index, attempts, tokens, NOTHING, 0));
  }

  private void apply(TreeState.Frame frame, int index, TreeMatcher matcher) {
    needed = null;
    stopped = false;
    read = state.applied();
    Rule rule = frame.set().rules[index];
    int[] built = substitute(rule, frame.tokens(), matcher);
    if (built != null) {
      built = lookups(built);
    }
    if (built == null) {
      return;
    }
    int attempts = index == frame.index() ? frame.attempts() + 1 : 1;
    TreeState.Frame at =
        new TreeState.Frame(
            frame.outer(), frame.set(), frame.level(), index, attempts, built, NOTHING, 0);
    int[] places = new int[MOST_CALLS];
    int found = 0;
    for (int i = 0; i < built.length; i++) {
      if (kind(built[i]) != Meta.CALL || i + 1 >= built.length) {
        continue;
      }
      int number = numbered(built[i + 1]);
      if (number < 0 || found == MOST_CALLS) {
        stopped = true;
        return;
      }
      if (program.ruleSet(number).isEmpty()) {
        built = without(built, i);
        continue; // the token that moved here is not looked at: sendmail's habit
      }
      places[found++] = i;
    }
    int[] calls = new int[found];
    for (int i = 0; i < found; i++) {
      calls[i] = places[found - 1 - i];
    }
    call(at, built, calls);
  }

  /** Parameters and macros; null if a node is needed first, or the interpreter. */
  private int @Nullable [] substitute(Rule rule, int[] tokens, TreeMatcher matcher) {
    Tokens out = new Tokens();
    for (int code : rule.write) {
      if (code >= 0) {
        out.add(code);
      } else if (code > Rule.EXPAND) {
        int parameter = Rule.COPY - code - '1';
        if (parameter < 0 || parameter >= matcher.bound) {
          return stop();
        }
        out.add(tokens, matcher.first[parameter], matcher.last[parameter]);
      } else {
        int id = Rule.EXPAND - code;
        TreeState.Event event = state.event(read);
        if (event == null) {
          event = state.last(id);
          if (event == null) {
            needed = new TreeNode.Macro(state, id);
            return null;
          }
          state = state.again(event);
        }
        read++;
        out.add(event);
      }
      if (out.isFull()) {
        return stop();
      }
    }
    return out.all();
  }

  private int @Nullable [] stop() {
    stopped = true;
    return null;
  }

  /** {@link Rewriter#lookups}; null if a node is needed first, or the interpreter. */
  private int @Nullable [] lookups(int[] built) {
    int[] v = built;
    int i = 0;
    while (i < v.length) {
      int kind = kind(v[i]);
      if (kind != Meta.LOOKUP && kind != Meta.HOST_BEGIN) {
        i++;
        continue;
      }
      int begin = i++;
      MapEntry map;
      if (kind == Meta.HOST_BEGIN) {
        map = program.maps().find("host");
      } else if (i >= v.length || v[i] < 0) {
        return stop();
      } else {
        map = program.map(symbols.fold(v[i++]), symbols);
      }
      if (map == null) {
        return stop();
      }
      LookupParts parts = new LookupParts(v, i, kind == Meta.HOST_BEGIN);
      int[] answer = answer(map, parts);
      if (answer == null) {
        return null;
      }
      int rest = Math.min(v.length, parts.end + 1);
      int[] spliced = new int[begin + answer.length + v.length - rest];
      System.arraycopy(v, 0, spliced, 0, begin);
      System.arraycopy(answer, 0, spliced, begin, answer.length);
      System.arraycopy(v, rest, spliced, begin + answer.length, v.length - rest);
      if (spliced.length > DecisionTree.MOST_TOKENS) {
        return stop();
      }
      v = spliced;
      i = begin + answer.length;
    }
    return v;
  }

  /** The parts of one look-up. */
  private final class LookupParts {
    final int[] key;
    final List<int[]> arguments = new ArrayList<>();
    int @Nullable [] otherwise;

    /** Where it ends, maybe behind the last token. */
    final int end;

    LookupParts(int[] v, int from, boolean host) {
      int endToken = host ? Meta.HOST_END : Meta.LOOKUP_END;
      int i = from;
      int keyTo = -1;
      int defaultFrom = -1;
      int defaultTo = -1;
      int argumentFrom = -1;
      while (true) {
        int mark = i < v.length ? kind(v[i]) : -1;
        boolean ends = i >= v.length || mark == endToken;
        if (!ends && mark != Meta.HOST && mark != Meta.USER) {
          i++;
          continue;
        }
        keyTo = keyTo < 0 ? i : keyTo;
        if (argumentFrom >= 0) {
          arguments.add(Arrays.copyOfRange(v, argumentFrom, i));
          argumentFrom = -1;
        }
        defaultTo = defaultFrom >= 0 && defaultTo < 0 ? i : defaultTo;
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
      end = i;
      key = Arrays.copyOfRange(v, from, keyTo);
      otherwise = defaultFrom >= 0 ? Arrays.copyOfRange(v, defaultFrom, defaultTo) : null;
    }
  }

  /** What comes in place of a look-up. */
  private int @Nullable [] answer(MapEntry map, LookupParts parts) {
    int[] otherwise = parts.otherwise;
    TreeState.Event event = state.event(read);
    if (event == null) {
      needed = lookup(map, parts);
      return null;
    }
    read++;
    if (event.found()) {
      Tokens answer = new Tokens();
      answer.add(event);
      return answer.isFull() ? stop() : answer.all();
    }
    if (otherwise == null) {
      return parts.key;
    }
    return isSplitAsItIs(otherwise) ? otherwise : stop();
  }

  private TreeNode lookup(MapEntry map, LookupParts parts) {
    int substitute = map.flags().spaceSubstitute();
    JoinedText key =
        joined(
            parts.key,
            substitute == 0 ? program.blankSubstitute() : substitute,
            KEY_ROOM,
            !map.flags().keepQuotes());
    JoinedText[] arguments = new JoinedText[parts.arguments.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          joined(parts.arguments.get(i), program.blankSubstitute(), ARGUMENT_ROOM, false);
    }
    int[] variables = NOTHING;
    for (int token : Objects.requireNonNullElse(parts.otherwise, NOTHING)) {
      if (token < 0) {
        variables = Arrays.copyOf(variables, variables.length + 1);
        variables[variables.length - 1] = ~token;
      }
    }
    return TreeNode.Lookup.of(
        tree, state, map, macroSet(map, parts.key), key, arguments, variables);
  }

  /** Which macro a look-up may set: NO_MACRO, ANY_MACRO, or its number. */
  private int macroSet(MapEntry map, int[] key) {
    switch (map.className()) {
      case "macro" -> {
        Bytes name = new Bytes();
        for (int token : key) {
          if (token < 0) {
            return TreeState.ANY_MACRO;
          }
          symbols.append(token, name);
        }
        int id = program.names().knownInBraces(name);
        return id == MacroNames.BAD ? TreeState.ANY_MACRO : id;
      }
      case "sequence", "switch" -> {
        return TreeState.ANY_MACRO;
      }
      default -> {
        return TreeState.NO_MACRO;
      }
    }
  }

  private JoinedText joined(int[] tokens, int separator, int room, boolean bare) {
    return new JoinedText(tokens, state.events(), symbols, program.tables(), separator, room, bare);
  }

  /**
   * Whether the text of a default, when it is split, gives the tokens that it was joined from; as
   * long as it is not too long.
   */
  private boolean isSplitAsItIs(int[] tokens) {
    byte[] table = program.tables().internal();
    boolean word = false;
    int depth = 0;
    int length = 0;
    for (int token : tokens) {
      int known = token >= 0 ? token : state.variables()[~token];
      boolean atom;
      if (known == Shape.OTHER) {
        atom = true; // it may be; then it must not stand beside one
      } else if (known < 32) {
        if (Meta.takesByte(known + 0x80)) {
          return false;
        }
        atom = false;
      } else {
        int first = symbols.first(known);
        if (first == '(' || first == ')' || !program.isPlain(known, symbols)) {
          return false;
        }
        atom = table[first] == TokenTables.ATOM;
        depth += first == '<' ? 1 : first == '>' ? -1 : 0;
        length += token >= 0 ? symbols.length(known) : 0;
      }
      if (depth < 0 || (word && atom)) {
        return false;
      }
      word = atom;
    }
    return depth == 0 && length + tokens.length < TreeRunner.MOST_DEFAULT;
  }

  /** Tokens as they are written. */
  private static final class Tokens {
    private int[] tokens = new int[32];
    private int n;

    void add(int token) {
      if (n == tokens.length) {
        tokens = Arrays.copyOf(tokens, n * 2);
      }
      tokens[n++] = token;
    }

    void add(int[] from, int begin, int end) {
      for (int i = begin; i < end; i++) {
        add(from[i]);
      }
    }

    void add(TreeState.Event event) {
      for (int i = 0; i < event.count(); i++) {
        add(~(event.from() + i));
      }
    }

    boolean isFull() {
      return n > DecisionTree.MOST_TOKENS;
    }

    int[] all() {
      return Arrays.copyOf(tokens, n);
    }
  }
}
