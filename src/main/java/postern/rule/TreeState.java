package postern.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where an evaluation is at a node of a {@link DecisionTree}, with words in place of which there
 * may be others. A token is a symbol, or {@code ~v} for whatever variable {@code v} holds when the
 * tree is run. Immutable.
 *
 * @param frame the rule set that is running
 * @param variables the {@link Shape} words of the variables
 * @param facts what has been found out about them, the last one first
 * @param events what has come in from outside, the last one first
 * @param applied how many of the events belong to rules that have been applied
 * @param temporary whether a look-up has failed for the time being
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TreeState(
    Frame frame,
    int[] variables,
    @Nullable Fact facts,
    @Nullable Event events,
    int applied,
    boolean temporary) {

  /** A look-up sets no macro. */
  static final int NO_MACRO = -1;

  /** It may set any. */
  static final int ANY_MACRO = -2;

  /**
   * A rule set that is running or waits for one that it called.
   *
   * @param outer the one that called it, null for the outermost
   * @param index the rule to try next; if it waits, the one that called
   * @param attempts how often that has been applied in a row
   * @param tokens its workspace; if it waits, what has been written without the call at hand
   * @param calls if it waits, places of calls that are still to be made, from the last to the first
   * @param at if it waits, the place of the call at hand
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(
      @Nullable Frame outer,
      RuleSet set,
      int level,
      int index,
      int attempts,
      int[] tokens,
      int[] calls,
      int at) {}

  /** What was asked of words. */
  enum Question {
    /** Whether a word is a member of a class. */
    MEMBER,
    /** What words in a row are to a class: see {@link ClassBeginnings}. */
    PHRASE
  }

  /** An answer about words. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Fact(@Nullable Fact before, Question question, int id, int[] tokens, int answer) {}

  /**
   * A macro's value or a map's answer.
   *
   * @param macro the macro's number, -1 for a look-up
   * @param sets the macro that the look-up may set, or one of the constants
   * @param from the first variable that it filled
   * @param count how many it filled
   * @param found whether there was an answer
   * @param failed whether the map failed for the time being, and that counts
   */
  record Event(
      @Nullable Event before,
      int number,
      int macro,
      int sets,
      int from,
      int count,
      boolean found,
      boolean failed) {}

  /** How many events there were. */
  int eventCount() {
    return events == null ? 0 : events.number + 1;
  }

  /** Event {@code number}, null if it has not come yet. */
  @Nullable Event event(int number) {
    Event e = events;
    while (e != null && e.number > number) {
      e = e.before;
    }
    return e != null && e.number == number ? e : null;
  }

  /** The answer to a question, or {@code unknown}. */
  int answer(Question question, int id, int[] tokens, int unknown) {
    for (Fact f = facts; f != null; f = f.before) {
      if (f.question == question && f.id == id && Arrays.equals(f.tokens, tokens)) {
        return f.answer;
      }
    }
    return unknown;
  }

  TreeState with(Question question, int id, int[] tokens, int answer) {
    Fact fact = new Fact(facts, question, id, tokens, answer);
    return new TreeState(frame, variables, fact, events, applied, temporary);
  }

  /** Something came in that fills variables of {@code words}. */
  TreeState with(int macro, int sets, int[] words, boolean found, boolean failed) {
    int from = variables.length;
    int[] more = Arrays.copyOf(variables, from + words.length);
    System.arraycopy(words, 0, more, from, words.length);
    Event event = new Event(events, eventCount(), macro, sets, from, words.length, found, failed);
    return new TreeState(frame, more, facts, event, applied, temporary || failed);
  }

  /** The last time that a macro was read, null if it may have another value by now. */
  @Nullable Event last(int macro) {
    for (Event e = events; e != null; e = e.before) {
      if (e.macro == macro) {
        return e;
      }
      if (e.sets == ANY_MACRO || e.sets == macro) {
        return null;
      }
    }
    return null;
  }

  /** A macro is read once more, which fills no variables. */
  TreeState again(Event read) {
    Event event =
        new Event(events, eventCount(), read.macro, NO_MACRO, read.from, read.count, true, false);
    return new TreeState(frame, variables, facts, event, applied, temporary);
  }

  /** A rule was applied, or a rule set was left. */
  TreeState at(Frame next) {
    return new TreeState(next, variables, facts, events, eventCount(), temporary);
  }
}
