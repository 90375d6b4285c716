package postern.rule;

import java.util.ArrayList;
import java.util.List;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;

/** Collects complaints and, if it watches, what went into and came out of rule sets. */
final class RuleSetEar implements Trace {
  private final Detail detail;
  final List<String> heard = new ArrayList<>();

  RuleSetEar(Detail detail) {
    this.detail = detail;
  }

  @Override
  public Detail detail() {
    return detail;
  }

  @Override
  public void fault(String message, String cause) {
    heard.add(message + cause);
  }

  @Override
  public void problem(int code, String message, String text) {
    heard.add(code + message + text);
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    hear("enter ", set, machine, tokens, from, to);
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    hear("leave ", set, machine, tokens, from, to);
  }

  private void hear(String what, RuleSet set, Machine machine, int[] tokens, int from, int to) {
    StringBuilder text = new StringBuilder(what).append(set.name());
    for (int i = from; i < to; i++) {
      text.append(' ').append(machine.symbols().text(tokens[i]));
    }
    heard.add(text.toString());
  }

  @Override
  public void calling(RuleSet set) {
    heard.add("calling " + set.name());
  }

  @Override
  public void lookingUp(MapEntry map, Query query) {
    heard.add("look-up in " + map.name() + " of " + query.key());
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    heard.add("status " + answer.status() + " value " + answer.value());
  }
}
