package postern.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The long switches of one command: {@code --name}, {@code --name=value}, {@code --name value}. */
final class Flags {
  private final String command;
  private final List<String> left;

  /**
   * Takes what {@link SendmailSwitches} left over.
   *
   * @param command name of the command, for messages
   */
  Flags(String command, List<String> arguments) {
    this.command = command;
    left = new ArrayList<>(arguments);
  }

  /** Whether {@code --name} was given; it is taken away. */
  boolean has(String name) {
    return left.remove("--" + name);
  }

  /** The value of {@code --name}, taken away; null if it was not given. */
  @Nullable String value(String name) throws UsageException {
    String found = null;
    for (int i = 0; i < left.size(); i++) {
      String each = left.get(i);
      if (each.equals("--" + name)) {
        if (i + 1 >= left.size()) {
          throw new UsageException(command + ": " + each + " wants a value");
        }
        found = left.get(i + 1);
        left.remove(i + 1);
        left.remove(i--);
      } else if (each.startsWith("--" + name + "=")) {
        found = each.substring(name.length() + 3);
        left.remove(i--);
      }
    }
    return found;
  }

  /**
   * All switches called one of {@code names} with their values in order, taken away.
   *
   * @return pairs of name and value
   */
  List<String[]> pairs(Set<String> names) throws UsageException {
    List<String[]> pairs = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      String each = left.get(i);
      if (!each.startsWith("--")) {
        continue;
      }
      int equals = each.indexOf('=');
      String name = each.substring(2, equals < 0 ? each.length() : equals);
      if (!names.contains(name)) {
        continue;
      }
      if (equals >= 0) {
        pairs.add(new String[] {name, each.substring(equals + 1)});
      } else {
        if (i + 1 >= left.size()) {
          throw new UsageException(command + ": " + each + " wants a value");
        }
        pairs.add(new String[] {name, left.get(i + 1)});
        left.remove(i + 1);
      }
      left.remove(i--);
    }
    return pairs;
  }

  /**
   * What is left: names of files and the like.
   *
   * @throws UsageException if there is a switch that nobody took
   */
  List<String> operands() throws UsageException {
    for (String each : left) {
      if (each.startsWith("-") && each.length() > 1) {
        throw new UsageException(command + ": what is " + each + "?");
      }
    }
    return List.copyOf(left);
  }
}
