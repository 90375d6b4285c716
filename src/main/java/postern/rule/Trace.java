package postern.rule;

import org.jspecify.annotations.Nullable;
import postern.map.AliasNames;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.text.Bytes;
import postern.text.Prescan;

/**
 * Watches evaluations. Address test mode, explain, coverage and replay are all traces; the machine
 * knows none of them. Every method has a default that does nothing.
 */
public interface Trace extends Prescan.Reporter {
  /** A trace that watches nothing. */
  Trace NONE = new Trace() {};

  /** How much a trace wants to see; more costs more. */
  enum Detail {
    /** Problems only. */
    NOTHING,
    /** Rule sets entered and left, look-ups. */
    SETS,
    /** Run-time macros as well. */
    MACROS,
    /** Rules tried and applied and parameters as well. */
    RULES,
    /** Each step of the matcher as well. */
    STEPS
  }

  default Detail detail() {
    return Detail.NOTHING;
  }

  /**
   * Something went wrong while running, in sendmail's words without reply codes.
   *
   * @param cause the operating system's words, or empty
   */
  default void fault(String message, String cause) {}

  /** Something is worth a word, but is nobody's fault. */
  default void notice(String message) {}

  /** Who reads the left sides of alias files. */
  default AliasNames aliasNames() {
    return AliasNames.PLAIN;
  }

  /** Who wants to hear how answers are made, null if nobody does now. */
  default Query.@Nullable Witness answers() {
    return null;
  }

  /** This trace as the one whom maps tell. */
  default Query.Problems problems() {
    return new Query.Problems() {
      @Override
      public void report(String message, String cause) {
        fault(message, cause);
      }

      @Override
      public void notice(String message) {
        Trace.this.notice(message);
      }

      @Override
      public AliasNames aliasNames() {
        return Trace.this.aliasNames();
      }

      @Override
      public Query.@Nullable Witness witness() {
        return Trace.this.answers();
      }
    };
  }

  @Override
  default void problem(int code, String message, String text) {}

  /** Rule set {@code set} is about to run on {@code tokens[from, to)}. */
  default void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {}

  /** Rule set {@code set} is done and left {@code tokens[from, to)}. */
  default void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {}

  /** {@code rule} is about to be tried. */
  default void trying(Rule rule, Machine machine) {}

  /** The rule just tried does not match. */
  default void fails(Rule rule) {}

  /** The rule just tried matches. */
  default void matches(Rule rule, Machine machine) {}

  /** Parameter {@code number} stood for {@code tokens[from, to)}. */
  default void parameter(int number, Machine machine, int[] tokens, int from, int to) {}

  /** The rule was applied; the workspace is now {@code tokens[from, to)}. */
  default void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {}

  /** A run-time macro was met; {@code value} is null if it is not defined. */
  default void macro(boolean lhs, int id, @Nullable String value) {}

  /** A token of a run-time macro's value went into the workspace; null after the last one. */
  default void macroToken(@Nullable String token) {}

  /** A call of an empty rule set was dropped. */
  default void skipped(String name, int number) {}

  /** A rule set is about to be called from a right-hand side. */
  default void calling(RuleSet set) {}

  /** A map is about to be asked; the query's key is as the map will see it. */
  default void lookingUp(MapEntry map, Query query) {}

  /** A map answered. */
  default void lookedUp(MapEntry map, Query query, Answer answer) {}

  /** A temporary failure was replaced by a text ({@code -T}). */
  default void substituted(Bytes text) {}

  /** One step of the matcher; {@code pattern} and {@code token} are symbols or -1 at the end. */
  default void step(String what, Machine machine, int pattern, int token) {}

  /** A workspace as it is when a rule set ran into its loop limit. */
  default void looping(Machine machine, int[] tokens, int from, int to) {}
}
