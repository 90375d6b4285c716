package postern.rule;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.map.MapTable;
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

  private final Symbols symbols;
  private final MacroNames names;
  private final Macros macros;
  private final Classes classes;
  private final MapTable maps;
  private final @Nullable RuleSet[] ruleSets = new RuleSet[LIMIT];
  private final Map<String, Integer> numbers = new HashMap<>();
  private TokenTables tables = TokenTables.of(TokenTables.DEFAULT_OPERATORS, 0);
  private int blankSubstitute = ' ';

  public Program(Symbols symbols, MacroNames names, Macros macros, Classes classes, MapTable maps) {
    this.symbols = symbols;
    this.names = names;
    this.macros = macros;
    this.classes = classes;
    this.maps = maps;
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
  }

  /** {@code BlankSub}: what goes between two words when tokens are joined. */
  public int blankSubstitute() {
    return blankSubstitute;
  }

  public void blankSubstitute(int b) {
    blankSubstitute = b;
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

  /** Gives {@code name} to rule set {@code number}. */
  public void name(String name, int number) {
    numbers.put(name, number);
    ruleSet(number).rename(name);
  }

  /** The number behind {@code name}, or -1. */
  public int number(String name) {
    return numbers.getOrDefault(name, -1);
  }

  /** How many names were given. */
  public int named() {
    return numbers.size();
  }

  /** All names with their numbers, sorted. */
  public Map<String, Integer> ruleSetNames() {
    return new TreeMap<>(numbers);
  }

  /**
   * The number of the rule set that {@code text} names, as {@code $>} and address test mode read
   * it: digits, or a name up to the first character that cannot be part of one.
   *
   * @return the number; -1 if there is none, -2 for a number out of range
   */
  public int resolve(String text) {
    int i = 0;
    while (i < text.length()
        && (text.charAt(i) == ' ' || (text.charAt(i) >= '\t' && text.charAt(i) <= '\r'))) {
      i++;
    }
    if (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      long value = 0;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        value = Math.min(1L << 31, value * 10 + text.charAt(i++) - '0');
      }
      return value >= NUMBERED ? -2 : (int) value;
    }
    int end = i;
    while (end < text.length() && MacroNames.isNameCharacter(text.charAt(end))) {
      end++;
    }
    return number(text.substring(i, end));
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
  int ruleSetOf(int name, Symbols local) {
    if (name < setCache.length && setCache[name] > 0) {
      return setCache[name] - 1;
    }
    int number = resolve(local.text(name));
    if (number >= 0 && name < symbols.size()) {
      if (name >= setCache.length) {
        setCache = java.util.Arrays.copyOf(setCache, symbols.size());
      }
      setCache[name] = number + 1;
    }
    return number;
  }

  // Filled while running; a lost update only costs the search once more.
  private @Nullable MapEntry[] mapCache = new MapEntry[0];
  private int[] setCache = new int[0];
}
