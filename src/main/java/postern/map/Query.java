package postern.map;

import org.jspecify.annotations.Nullable;
import postern.text.Bytes;
import postern.text.MacroNames;
import postern.text.Macros;

/**
 * A question to a map: the key ({@code %0}), the arguments ({@code %1} to {@code %8}), and the
 * surroundings a map may need. Made once for each machine and reused; not thread-safe.
 */
public final class Query {
  /** Arguments that reach a map, the key included. */
  public static final int MAX_ARGUMENTS = 9;

  private final Bytes key = new Bytes();
  private final Bytes foldedKey = new Bytes();
  private final Bytes rawValue = new Bytes();
  private final Bytes[] arguments = new Bytes[MAX_ARGUMENTS];
  private int count;
  private LookupMap[] entered = new LookupMap[4];
  private int depth;
  private Macros macros = new Macros();
  private MacroNames names = new MacroNames();
  private Problems problems = Problems.SILENT;

  /** Hears of maps that cannot do their work. */
  public interface Problems {
    /** Hears nothing. */
    Problems SILENT = (message, cause) -> {};

    /**
     * Something is wrong with a map.
     *
     * @param cause the operating system's words, or empty
     */
    void report(String message, String cause);

    /** A time in a declaration has a unit that is none; the map works all the same. */
    default void badTime(String message) {
      report(message, "");
    }

    /** Something that is worth a word, but is nobody's fault. */
    default void notice(String message) {}

    /** Who reads the left sides of alias files. */
    default AliasNames aliasNames() {
      return AliasNames.PLAIN;
    }

    /** Who wants to hear how answers are made, null if nobody does now. */
    default @Nullable Witness witness() {
      return null;
    }
  }

  /** Hears how maps make their answers. */
  public interface Witness {
    /**
     * A value has been found.
     *
     * @param bare whether the key is the answer, so that no arguments are filled in
     */
    void making(String value, Query query, boolean bare);

    /** What became of it. */
    void made(String answer);

    /** A host name is looked up. */
    void lookingForHost(String name);

    /** What came of it. */
    void sawHost(String outcome);
  }

  public Query() {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = new Bytes();
    }
  }

  /** Forgets the last question; the caller then fills in {@link #key}. */
  public Query start(Macros scope, MacroNames macroNames, Problems reporter) {
    key.clear();
    count = 0;
    depth = 0;
    macros = scope;
    names = macroNames;
    problems = reporter;
    return this;
  }

  /** The key; maps may change it. */
  public Bytes key() {
    return key;
  }

  /** Room in which a map prepares the key. */
  Bytes foldedKey() {
    return foldedKey;
  }

  /** Room in which a map has a value before it is formatted. */
  Bytes rawValue() {
    return rawValue;
  }

  /** A new argument to be filled in, or a scrap one if there are too many. */
  public Bytes addArgument() {
    Bytes argument = arguments[Math.min(count, MAX_ARGUMENTS - 1)];
    argument.clear();
    count++;
    return argument;
  }

  /** How many arguments there are, without the key. */
  public int arguments() {
    return Math.min(count, MAX_ARGUMENTS - 1);
  }

  /** Argument {@code index}, from 1. */
  public Bytes argument(int index) {
    return arguments[index - 1];
  }

  /** A map of maps begins to ask its members; false if it is at it already. */
  boolean enter(LookupMap map) {
    for (int i = 0; i < depth; i++) {
      if (entered[i] == map) {
        return false;
      }
    }
    if (depth == entered.length) {
      entered = java.util.Arrays.copyOf(entered, depth * 2);
    }
    entered[depth++] = map;
    return true;
  }

  /** It is done with them. */
  void leave() {
    depth--;
  }

  public Macros macros() {
    return macros;
  }

  public MacroNames names() {
    return names;
  }

  /** See {@link Problems#witness}. */
  @Nullable Witness witness() {
    return problems.witness();
  }

  public Problems problems() {
    return problems;
  }
}
