package postern.rule;

import java.util.ArrayList;
import java.util.List;

/**
 * A rule set: a number, a name to show, and rules in order. Filled while the configuration is read,
 * then left alone.
 */
public final class RuleSet {
  private static final Rule[] NONE = {};

  private final int number;
  private String name;
  private final List<Rule> list = new ArrayList<>();
  Rule[] rules = NONE;

  RuleSet(int number) {
    this.number = number;
    name = Integer.toString(number);
  }

  public int number() {
    return number;
  }

  /** The name given with {@code S}, else the number. */
  public String name() {
    return name;
  }

  public void rename(String newName) {
    name = newName;
  }

  public void add(Rule rule) {
    list.add(rule);
    rules = list.toArray(NONE);
  }

  public List<Rule> rules() {
    return List.copyOf(list);
  }

  public boolean isEmpty() {
    return rules.length == 0;
  }
}
