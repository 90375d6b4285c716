package postern.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import postern.cf.Mailer;
import postern.map.MapEntry;
import postern.rule.Program;

/** The names that a configuration has while it is tried. */
final class BtNames implements BtWords.Names {
  private final BtContext bt;

  BtNames(BtContext bt) {
    this.bt = bt;
  }

  @Override
  public List<String> ruleSets() {
    TreeSet<String> names = new TreeSet<>();
    bt.program
        .ruleSetNames()
        .forEach(
            (name, number) -> {
              if (!bt.program.ruleSet(number).isEmpty()) {
                names.add(name);
              }
            });
    for (int number = 0; number < Program.NUMBERED; number++) {
      if (!bt.program.ruleSet(number).isEmpty()) {
        names.add(Integer.toString(number));
      }
    }
    return List.copyOf(names);
  }

  /** Long names whether they have a value or not, since each can be given one; letters in use. */
  @Override
  public List<String> macros() {
    return typed(id -> true, id -> bt.macros.get(id) != null);
  }

  @Override
  public List<String> classes() {
    return typed(this::hasMembers, this::hasMembers);
  }

  private boolean hasMembers(int id) {
    return bt.program.classes().longest(id) >= 0;
  }

  private List<String> typed(IntPredicate longName, IntPredicate letter) {
    List<String> found = new ArrayList<>();
    for (String name : new TreeSet<>(bt.names.longNames())) {
      if (longName.test(bt.names.known(name))) {
        found.add("{" + name + "}");
      }
    }
    for (int c = '!'; c < 0x7f; c++) {
      if (c != '{' && letter.test(c)) {
        found.add(String.valueOf((char) c));
      }
    }
    return found;
  }

  @Override
  public List<String> maps() {
    return new ArrayList<>(
        new TreeSet<>(bt.program.maps().all().stream().map(MapEntry::name).toList()));
  }

  @Override
  public List<String> mailers() {
    return new ArrayList<>(
        new TreeSet<>(bt.configuration.mailers().stream().map(Mailer::name).toList()));
  }
}
