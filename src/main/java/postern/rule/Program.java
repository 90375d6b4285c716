package postern.rule;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.map.MapTable;
import postern.text.Bytes;
import postern.text.Classes;
import postern.text.MacroNames;
import postern.text.Macros;
import postern.text.Symbols;
import postern.text.TokenTables;

/**
 * A compiled configuration: rule sets, classes, maps and the macros that the file defined. Shared
 * by all machines; nobody changes it once sessions run (only address test mode, which has one
 * machine, adds to it).
 */
public final class Program {
  /** Rule sets that can be named by number: 0 to 99. */
  public static final int NUMBERED = 100;

  /** All rule sets: named ones count down from the end. */
  public static final int LIMIT = 200;

  private static final int UNDEFINED = -1;
  private static final int MENTIONED = -2;
  private static final String[] BRACKETS = {"<", ">", "(", ")"};
  private static final Rule[] NO_RULES = {};

  private final Symbols symbols;
  private final MacroNames names;
  private final Macros macros;
  private final Classes classes;
  private final MapTable maps;
  private final @Nullable RuleSet[] ruleSets = new RuleSet[LIMIT];
  private final Map<String, Integer> numbers = new HashMap<>();
  private int nextNamed = LIMIT;
  private TokenTables tables = TokenTables.of(TokenTables.DEFAULT_OPERATORS);
  private int blankSubstitute = ' ';
  private long[] splitting = {};

  public Program(Symbols symbols, MacroNames names, Macros macros, Classes classes, MapTable maps) {
    this.symbols = symbols;
    this.names = names;
    this.macros = macros;
    this.classes = classes;
    this.maps = maps;
    for (String mark : BRACKETS) {
      symbols.intern(mark);
    }
    findSplitting();
  }

  public Symbols symbols() {
    return symbols;
  }

  public MacroNames names() {
    return names;
  }

  /** What {@code D} lines and {@code -M} defined. */
  public Macros macros() {
    return macros;
  }

  public Classes classes() {
    return classes;
  }

  public MapTable maps() {
    return maps;
  }

  public TokenTables tables() {
    return tables;
  }

  public void tables(TokenTables newTables) {
    tables = newTables;
    findSplitting();
  }

  /** {@code BlankSub}: what goes between two words when tokens are joined. */
  public int blankSubstitute() {
    return blankSubstitute;
  }

  public void blankSubstitute(int b) {
    blankSubstitute = b;
    findSplitting();
  }

  /** The rule set {@code number}, empty if it was never mentioned. */
  public RuleSet ruleSet(int number) {
    RuleSet set = ruleSets[number];
    if (set == null) {
      set = new RuleSet(number);
      ruleSets[number] = set;
    }
    return set;
  }

  /**
   * Gives {@code name} to rule set {@code number}, which shows under its last name.
   *
   * @param shown see {@link RuleSet#shownName}
   */
  public void name(String name, int number, String shown) {
    numbers.put(name, number);
    ruleSet(number).rename(name, shown);
  }

  /** The number behind {@code name}, or -1. */
  public int number(String name) {
    return numbers.getOrDefault(name, UNDEFINED);
  }

  /**
   * The number behind {@code name}, or -1 if it has none yet. A name that was mentioned and never
   * got a number (its definition had a fault) gets one when it is first used.
   */
  public int mention(String name) {
    Integer known = numbers.putIfAbsent(name, MENTIONED);
    return known == null || known == MENTIONED ? -1 : known;
  }

  /** Gives {@code name} the next free number; -1 if there is none. */
  public synchronized int allocate(String name) {
    if (nextNamed <= NUMBERED) {
      return -1;
    }
    numbers.put(name, --nextNamed);
    return nextNamed;
  }

  /** How many names were given. */
  public int named() {
    return numbers.size();
  }

  /** All names with their numbers, sorted. */
  public Map<String, Integer> ruleSetNames() {
    Map<String, Integer> names = new TreeMap<>(numbers);
    names.values().removeIf(number -> number == MENTIONED);
    return names;
  }

  /** C's idea of a number of digits: what is too large comes out wrong in a known way. */
  public static int toInt(String digits) {
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        return (int) Long.MAX_VALUE;
      }
      value = value * 10 + digit;
    }
    return (int) value;
  }

  /**
   * The number of the rule set that {@code text} names, as {@code $>} and address test mode read
   * it: digits, or a name up to the first character that cannot be part of one.
   *
   * @param problem told what is wrong with a name or number that cannot be one
   * @return the number, or -1
   */
  public int resolve(String text, Consumer<String> problem) {
    int i = 0;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    int end = i;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    if (end > i) {
      int number = toInt(text.substring(i, end));
      if (number >= NUMBERED || number < 0) {
        problem.accept("bad ruleset " + number + " (" + NUMBERED + " max)");
        return -1;
      }
      return number;
    }
    while (end < text.length() && MacroNames.isNameCharacter(text.charAt(end))) {
      end++;
    }
    if (end == i || !isLetter(text.charAt(i))) {
      problem.accept(
          "invalid ruleset name: \"" + text.substring(i, Math.min(text.length(), i + 20)) + "\"");
      return -1;
    }
    String name = text.substring(i, end);
    int number = number(name);
    if (number != MENTIONED) {
      return number;
    }
    int given = allocate(name);
    if (given < 0) {
      problem.accept(name + ": too many named rulesets (" + NUMBERED + " max)");
    }
    return given;
  }

  /** Makes a token behind {@code $>} a name: no quotes, and nothing from a blank behind it on. */
  static void toRuleSetName(Bytes text) {
    MapEntry.stripQuotes(text);
    text.truncate(nameEnd(text.toString()));
  }

  /** How much of {@code text} is left when sendmail has looked for the rule set that it names. */
  public static int nameEnd(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < text.length() && MacroNames.isNameCharacter(text.charAt(end))) {
      end++;
    }
    boolean cut =
        end > start
            && end < text.length()
            && isLetter(text.charAt(start))
            && isSpace(text.charAt(end));
    return cut ? end : text.length();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** {@link #resolve(String, Consumer)} for callers to whom -1 says enough. */
  public int resolve(String text) {
    return resolve(text, problem -> {});
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Bytes that no word of one token has: 256 bits. */
  long[] splitting() {
    return splitting;
  }

  private void findSplitting() {
    long[] bytes = tables.splitting().clone();
    bytes[(blankSubstitute & 0xff) >> 6] |= 1L << blankSubstitute;
    splitting = bytes;
  }

  /** What to look at before the rules of {@code set} are tried. */
  Plan plan(RuleSet set) {
    Plan plan = set.plan();
    if (plan == null) {
      plan = new Plan(set.rules, words());
      set.plan(plan);
    }
    return plan;
  }

  /** The bits of words, for plans. */
  Plan.Words words() {
    Plan.Words known = words;
    if (known == null) {
      known = new Plan.Words(symbols, ruleSets);
      words = known;
    }
    return known;
  }

  /** The symbol of {@code token}, a symbol of {@code local}, without quotes and the like. */
  int bareName(int token, Symbols local, Bytes text) {
    if (token < bareCache.length && bareCache[token] > 0) {
      return bareCache[token] - 1;
    }
    text.clear();
    local.append(token, text);
    toRuleSetName(text);
    int name = local.intern(text.array(), 0, text.length());
    if (token < symbols.size() && name < symbols.size()) {
      if (token >= bareCache.length) {
        bareCache = java.util.Arrays.copyOf(bareCache, symbols.size());
      }
      bareCache[token] = name + 1;
    }
    return name;
  }

  /** The map whose name folds to {@code folded} (a symbol of {@code local}), or null. */
  @Nullable MapEntry map(int folded, Symbols local) {
    if (folded < mapCache.length) {
      MapEntry known = mapCache[folded];
      if (known != null) {
        return known;
      }
    }
    MapEntry found = maps.find(local.text(folded));
    if (found != null && folded < symbols.size()) {
      if (folded >= mapCache.length) {
        mapCache = java.util.Arrays.copyOf(mapCache, symbols.size());
      }
      mapCache[folded] = found;
    }
    return found;
  }

  /** {@link #resolve} of a symbol of {@code local}. */
  int ruleSetOf(int name, Symbols local, Consumer<String> problem) {
    if (name < setCache.length && setCache[name] > 0) {
      return setCache[name] - 1;
    }
    int number = resolve(local.text(name), problem);
    if (number >= 0 && name < symbols.size()) {
      if (name >= setCache.length) {
        setCache = java.util.Arrays.copyOf(setCache, symbols.size());
      }
      setCache[name] = number + 1;
    }
    return number;
  }

  /** {@link #ruleSetOf} the {@link #bareName} of a symbol, -1 if that was not asked before. */
  int knownRuleSet(int token) {
    if (token >= bareCache.length || bareCache[token] == 0) {
      return -1;
    }
    int name = bareCache[token] - 1;
    return name < setCache.length ? setCache[name] - 1 : -1;
  }

  // Filled while running; a lost update only costs the search once more.
  private @Nullable MapEntry[] mapCache = new MapEntry[0];
  private int[] setCache = new int[0];
  private int[] bareCache = new int[0];
  private volatile Plan.@Nullable Words words;
  private volatile @Nullable DecisionTree tree;
  private volatile @Nullable DecisionTree toldTree;
  private int treesAfter = DecisionTree.AFTER;

  /** How often a shape must have been met before there is a tree for it; for tests. */
  void treesAfter(int times) {
    treesAfter = times;
  }

  /**
   * What is known of workspaces by their shapes; null if there is nothing to know.
   *
   * @param traced whether a trace is told which rule sets are entered and left
   */
  @Nullable DecisionTree tree(boolean traced) {
    DecisionTree known = traced ? toldTree : tree;
    if (known == null || !known.isValid()) {
      if (blankSubstitute == 0) {
        return null;
      }
      known = new DecisionTree(this, literals(), treesAfter, traced);
      if (traced) {
        toldTree = known;
      } else {
        tree = known;
      }
    }
    return known;
  }

  /**
   * Whether a token is a word without bytes that mean anything to the splitter, one operator, or a
   * metasymbol.
   */
  boolean isPlain(int token, Symbols local) {
    if (token < 32) {
      return true;
    }
    byte[] table = tables.internal();
    int n = local.length(token);
    boolean atom = n > 0 && table[local.first(token)] == TokenTables.ATOM;
    for (int i = 0; i < n; i++) {
      int b = local.at(token, i);
      if (b == 0 || b >= 0x80 || b == '"' || b == '\\' || (table[b] == TokenTables.ATOM) != atom) {
        return false;
      }
    }
    return atom || n == 1;
  }

  private boolean[] literals() {
    boolean[] words = new boolean[symbols.size()];
    java.util.Arrays.fill(words, 0, 32, true);
    for (String mark : BRACKETS) {
      words[symbols.intern(mark)] = true;
    }
    for (RuleSet set : ruleSets) {
      for (Rule rule : set == null ? NO_RULES : set.rules) {
        for (int k = 0; k < rule.op.length; k++) {
          if (rule.op[k] == Rule.LITERAL) {
            words[rule.operand[k]] = true;
          }
        }
      }
    }
    return words;
  }
}
