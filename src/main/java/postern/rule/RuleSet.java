package postern.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule set: a number, a name to show, and rules in order. Filled while the configuration is read,
 * then left alone.
 */
public final class RuleSet {
  private static final Rule[] NONE = {};

  private final int number;
  private String name;
  private String shownName;
  private final List<Rule> list = new ArrayList<>();
  Rule[] rules = NONE;
  // Made when it is first needed; a lost update only costs the work once more.
  private volatile @Nullable Plan plan;

  RuleSet(int number) {
    this.number = number;
    name = Integer.toString(number);
    shownName = name;
  }

  public int number() {
    return number;
  }

  /** The name given with {@code S}, else the number. */
  public String name() {
    return name;
  }

  /** The name as address test mode and messages about rules have it: see {@link #rename}. */
  public String shownName() {
    return shownName;
  }

  /**
   * Gives it a name.
   *
   * @param newShownName what sendmail makes of it where it shows it
   */
  void rename(String newName, String newShownName) {
    name = newName;
    shownName = newShownName;
  }

  public void add(Rule rule) {
    list.add(rule);
    rules = list.toArray(NONE);
    plan = null;
  }

  @Nullable Plan plan() {
    return plan;
  }

  void plan(Plan newPlan) {
    plan = newPlan;
  }

  public List<Rule> rules() {
    return List.copyOf(list);
  }

  public boolean isEmpty() {
    return rules.length == 0;
  }
}
