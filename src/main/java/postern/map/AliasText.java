package postern.map;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * The text of an alias file (aliases(5)): {@code name: value}. Lines that begin with a blank go on
 * where the line before ended, and so does what follows a backslash at the end of a line.
 */
final class AliasText {
  private static final int SHOWN = 40;

  private final List<String> lines;
  private final String file;
  private final Query.Problems problems;
  private int next;
  private long count;
  private long bytes;
  private int longest;

  /** Reads {@code lines} of {@code file} and tells {@code problems} what is wrong with them. */
  AliasText(List<String> lines, String file, Query.Problems problems) {
    this.lines = lines;
    this.file = file;
    this.problems = problems;
  }

  /** Hands every alias to {@code sink}, in the order of the text; the last one of a name counts. */
  void read(BiConsumer<String, String> sink) {
    while (next < lines.size()) {
      String line = folded();
      if (!line.isEmpty() && line.charAt(0) != '#') {
        alias(line, sink);
      }
    }
    problems.notice(
        file + ": " + count + " aliases, longest " + longest + " bytes, " + bytes + " bytes total");
  }

  private void alias(String line, BiConsumer<String, String> sink) {
    if (isBlank(line.charAt(0))) {
      report("Non-continuation line starts with space");
      return;
    }
    int colon = line.indexOf(':');
    if (colon < 0) {
      report("missing colon");
      return;
    }
    AliasNames.Name name = problems.aliasNames().read(line, place(), problems);
    if (name == null) {
      report(shown(line) + "... illegal alias name");
      return;
    }
    String value = line.substring(colon + 1).stripLeading();
    if (!name.local()) {
      report(name.text() + "... cannot alias non-local names");
    } else if (value.isEmpty()) {
      report(shown(line) + "... missing value for alias");
    } else {
      sink.accept(name.user(), value);
      count++;
      bytes += name.user().length() + value.length();
      longest = Math.max(longest, value.length());
    }
  }

  private String folded() {
    StringBuilder line = new StringBuilder(lines.get(next++));
    while (next < lines.size()) {
      String following = lines.get(next);
      int last = line.length() - 1;
      if (last >= 0 && line.charAt(last) == '\\') {
        line.setLength(last);
      } else if (following.isEmpty() || !isBlank(following.charAt(0))) {
        break;
      }
      line.append(following);
      next++;
    }
    return line.toString();
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static String shown(String line) {
    return line.substring(0, Math.min(SHOWN, line.length()));
  }

  private String place() {
    return file + ": line " + next + ": ";
  }

  private void report(String message) {
    problems.report(place() + message, "");
  }
}
