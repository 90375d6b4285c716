package postern.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Names of macros and classes. A one-character name is its own number; a long name gets a number
 * from 0xa0 on in the order of appearance (at most 96, as in sendmail).
 */
public final class MacroNames {
  /** Returned for a name that cannot be one. */
  public static final int BAD = 0;

  /** Numbers are below this. */
  public static final int LIMIT = 256;

  private static final int FIRST_LONG = 0xa0;

  // sendmail knows this one by itself: it is none of the 96.
  private static final String MODE = "opMode";
  private static final int MODE_ID = 0x9f;
  private static final int MAX_LENGTH = 25;
  private static final int SLOTS = 256;

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();

  /** Numbers by hash of their names, so that a look-up needs no string. */
  private final int[] slots = new int[SLOTS];

  /** What was read from a text: the number, and where the name ends. */
  public record Parsed(int id, int end) {}

  /** Reads names, and tells somebody what is wrong with them. */
  public interface Reader {
    /** See {@link MacroNames#parse}. */
    Parsed read(String text, int from);
  }

  public MacroNames() {
    ids.put(MODE, MODE_ID);
  }

  /** The number of {@code name} (without braces), given out if it is new; BAD if there is none. */
  public int id(String name) {
    if (name.length() == 1) {
      return name.charAt(0) & 0xff;
    }
    Integer known = ids.get(name);
    if (known != null) {
      return known;
    }
    if (FIRST_LONG + names.size() >= LIMIT) {
      return BAD;
    }
    int id = FIRST_LONG + names.size();
    ids.put(name, id);
    names.add(name);
    int h = 0;
    for (int i = 0; i < name.length(); i++) {
      h = h * 31 + name.charAt(i);
    }
    int slot = h & (SLOTS - 1);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    slots[slot] = id;
    return id;
  }

  /**
   * The number of {@code {name}} if it has one already, else BAD; makes no garbage.
   *
   * @param text braces included
   */
  public int knownInBraces(Bytes text) {
    int last = text.length() - 1;
    if (last < 2 || text.at(0) != '{' || text.at(last) != '}') {
      return BAD;
    }
    int h = 0;
    for (int i = 1; i < last; i++) {
      h = h * 31 + text.at(i);
    }
    for (int slot = h & (SLOTS - 1); slots[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
      String name = names.get(slots[slot] - FIRST_LONG);
      if (name.length() == last - 1 && same(name, text)) {
        return slots[slot];
      }
    }
    return BAD;
  }

  private static boolean same(String name, Bytes inBraces) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) != inBraces.at(i + 1)) {
        return false;
      }
    }
    return true;
  }

  /** The number of {@code name} if it has one already, else BAD. */
  public int known(String name) {
    return name.length() == 1 ? name.charAt(0) & 0xff : ids.getOrDefault(name, BAD);
  }

  /**
   * Reads a name at {@code from}: one character, or {@code {name}}.
   *
   * @param problem told of each fault, in sendmail's words
   */
  public Parsed parse(String text, int from, Consumer<String> problem) {
    if (from >= text.length()) {
      problem.accept("Name required for macro/class");
      return new Parsed(BAD, text.length());
    }
    if (text.charAt(from) != '{') {
      return new Parsed(text.charAt(from) & 0xff, from + 1);
    }
    if (text.startsWith("{}", from)) {
      problem.accept("Name required for macro/class");
      return new Parsed(BAD, text.length());
    }
    StringBuilder name = new StringBuilder();
    int at = from + 1;
    int limit = MAX_LENGTH;
    while (at < text.length() && text.charAt(at) != '}' && name.length() < limit) {
      char c = text.charAt(at);
      if (isNameCharacter(c)) {
        name.append(c);
      } else {
        problem.accept("Invalid macro/class character " + c);
      }
      at++;
    }
    if (at >= text.length()) {
      problem.accept("Unbalanced { on " + name);
      problem.accept("Unable to assign macro/class ID (mid = 0xffffffff)");
      return new Parsed(BAD, at);
    }
    if (text.charAt(at) != '}') {
      problem.accept("Macro/class name ({" + name + "}) too long (" + MAX_LENGTH + " chars max)");
      problem.accept("Unable to assign macro/class ID (mid = 0xffffffff)");
      return new Parsed(BAD, at);
    }
    at++;
    int id = id(name.toString());
    if (id == BAD) {
      if (refused.add(name.toString())) {
        problem.accept("Macro/class {" + name + "}: too many long names");
      }
      problem.accept("Unable to assign macro/class ID (mid = 0xffffffff)");
    }
    return new Parsed(id, at);
  }

  /** Whether {@code c} may stand in a long name. */
  public static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  /** The name behind a number: one character, or the long name in braces. */
  public String display(int id) {
    if (id == MODE_ID) {
      return "{" + MODE + "}";
    }
    int index = id - FIRST_LONG;
    return index >= 0 && index < names.size()
        ? "{" + names.get(index) + "}"
        : String.valueOf((char) id);
  }

  /** The name as sendmail's messages have it: without braces, or words that say there is none. */
  public String longName(int id) {
    if (id == MODE_ID) {
      return MODE;
    }
    int index = id - FIRST_LONG;
    if (index >= 0 && index < names.size()) {
      return names.get(index);
    }
    return id > 0x20 && id < 0x80 ? String.valueOf((char) id) : "***UNDEFINED MACRO***";
  }

  /** Long names in the order of their numbers. */
  public List<String> longNames() {
    return List.copyOf(names);
  }
}
