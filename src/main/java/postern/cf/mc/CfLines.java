package postern.cf.mc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines of the stock configuration while things are put into it. Each keeps its origin. */
final class CfLines {
  private final List<McBlock.Line> lines = new ArrayList<>();

  /**
   * @param file name of the stock configuration, for the origins
   */
  CfLines(String file, String text) {
    int number = 0;
    for (String line : rows(text)) {
      lines.add(new McBlock.Line(line, file, ++number));
    }
  }

  List<McBlock.Line> lines() {
    return lines;
  }

  /**
   * Gives macro {@code name} (with its braces, if it has any) a value, in the place where the stock
   * configuration sets it or, commented out, offers to. False if there is no such place.
   */
  boolean setMacro(String name, String value, McPlace origin) {
    int index = first("D" + name);
    index = index < 0 ? first("#D" + name) : index;
    if (index < 0) {
      return false;
    }
    replace(index, "D" + name + value, origin);
    return true;
  }

  /**
   * Sets an option: in place of the first line that sets it, or offers to, else behind the last
   * option. {@code add}: the option may stand more than once, and this is not the first.
   */
  void setOption(String line, boolean add, McPlace origin) {
    String name = optionName(line);
    int index = add ? -1 : option(name, false);
    index = index < 0 && !add ? option(name, true) : index;
    if (index >= 0) {
      replace(index, line, origin);
      return;
    }
    int last = -1;
    for (int i = 0; i < lines.size(); i++) {
      last = optionName(lines.get(i).text()).isEmpty() ? last : i;
    }
    insert(endOf(last), line, origin);
  }

  private int option(String name, boolean commentedOut) {
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).text();
      if (text.startsWith("#") == commentedOut && optionName(text).equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** {@code timeout.starttls} of {@code #O Timeout.starttls=1h}; empty if it is no such line. */
  private static String optionName(String line) {
    String text = line.startsWith("#") ? line.substring(1) : line;
    int end = text.indexOf('=');
    return text.startsWith("O ") && end > 0
        ? text.substring(2, end).strip().toLowerCase(Locale.ROOT)
        : "";
  }

  /** The first line that begins so, or -1. */
  int first(String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).text().startsWith(beginning)) {
        return i;
      }
    }
    return -1;
  }

  /** The line of rule set {@code name}'s S, or -1. */
  int ruleSet(String name) {
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).text();
      if (text.startsWith("S") && ruleSetName(text).equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** {@code canonify} of {@code Scanonify=3}. */
  static String ruleSetName(String line) {
    return line.substring(1).strip().split("[=\\s]", 2)[0];
  }

  /** Whether the rule set at {@code index} has no rule. */
  boolean isEmpty(int index) {
    for (int i = index + 1; i < lines.size(); i++) {
      String text = lines.get(i).text();
      if (text.startsWith("R")) {
        return false;
      }
      if (text.startsWith("S")) {
        return true;
      }
    }
    return true;
  }

  void insert(int index, String text, McPlace origin) {
    lines.addAll(index, split(text, origin));
  }

  void insert(int index, List<McBlock.Line> text) {
    lines.addAll(index, text);
  }

  /** Puts {@code text} in the place of a line and those that continue it. */
  void replace(int index, String text, McPlace origin) {
    int end = endOf(index);
    lines.subList(index, end).clear();
    lines.addAll(index, split(text, origin));
  }

  private int endOf(int index) {
    int end = index + 1;
    while (index >= 0 && end < lines.size() && continues(lines.get(end).text())) {
      end++;
    }
    return end;
  }

  private static boolean continues(String text) {
    return text.startsWith(" ") || text.startsWith("\t");
  }

  static List<McBlock.Line> split(String text, McPlace origin) {
    return rows(text).stream()
        .map(line -> new McBlock.Line(line, origin.file(), origin.line()))
        .toList();
  }

  /** Lines as the reader of .cf files counts them: a carriage return alone ends none. */
  private static List<String> rows(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    String whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return List.of(whole.split("\n", -1));
  }
}
