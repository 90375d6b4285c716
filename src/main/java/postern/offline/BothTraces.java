package postern.offline;

import org.jspecify.annotations.Nullable;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.rule.Machine;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;
import postern.text.Bytes;

/** Tells two traces everything. */
final class BothTraces implements Trace {
  private final Trace one;
  private final Trace two;

  BothTraces(Trace one, Trace two) {
    this.one = one;
    this.two = two;
  }

  @Override
  public Detail detail() {
    return one.detail().compareTo(two.detail()) >= 0 ? one.detail() : two.detail();
  }

  @Override
  public void fault(String message, String cause) {
    one.fault(message, cause);
    two.fault(message, cause);
  }

  @Override
  public void problem(int code, String message, String text) {
    one.problem(code, message, text);
    two.problem(code, message, text);
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    one.enter(set, machine, tokens, from, to);
    two.enter(set, machine, tokens, from, to);
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    one.leave(set, machine, tokens, from, to);
    two.leave(set, machine, tokens, from, to);
  }

  @Override
  public void trying(Rule rule, Machine machine) {
    one.trying(rule, machine);
    two.trying(rule, machine);
  }

  @Override
  public void fails(Rule rule) {
    one.fails(rule);
    two.fails(rule);
  }

  @Override
  public void matches(Rule rule, Machine machine) {
    one.matches(rule, machine);
    two.matches(rule, machine);
  }

  @Override
  public void parameter(int number, Machine machine, int[] tokens, int from, int to) {
    one.parameter(number, machine, tokens, from, to);
    two.parameter(number, machine, tokens, from, to);
  }

  @Override
  public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
    one.rewrote(rule, machine, tokens, from, to);
    two.rewrote(rule, machine, tokens, from, to);
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    one.macro(lhs, id, value);
    two.macro(lhs, id, value);
  }

  @Override
  public void macroToken(@Nullable String token) {
    one.macroToken(token);
    two.macroToken(token);
  }

  @Override
  public void skipped(String name, int number) {
    one.skipped(name, number);
    two.skipped(name, number);
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    one.lookedUp(map, query, answer);
    two.lookedUp(map, query, answer);
  }

  @Override
  public void substituted(Bytes text) {
    one.substituted(text);
    two.substituted(text);
  }

  @Override
  public void looping(Machine machine, int[] tokens, int from, int to) {
    one.looping(machine, tokens, from, to);
    two.looping(machine, tokens, from, to);
  }
}
