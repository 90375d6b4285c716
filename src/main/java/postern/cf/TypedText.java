package postern.cf;

import java.util.function.Consumer;
import postern.text.Classes;
import postern.text.MacroNames;
import postern.text.Meta;

/** Configuration text that is typed at a prompt. */
public final class TypedText {
  private TypedText() {}

  /**
   * Turns {@code $}-escapes into bytes of {@link Meta} and takes comments off. A {@code #} at the
   * very start is none.
   */
  public static String translate(
      String typed, int level, MacroNames names, Consumer<String> problem) {
    return CfText.ofTyped(typed, level, names, problem);
  }

  /**
   * Adds the words of {@code text}, already expanded, to class {@code id}.
   *
   * @param problem told of a {@code $=} without a name
   */
  public static void addWords(Classes classes, int id, String text, Consumer<String> problem) {
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isSpace(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        addWord(classes, id, text.substring(at, end), problem);
      }
      at = end + 1;
    }
  }

  private static void addWord(Classes classes, int id, String word, Consumer<String> problem) {
    if (word.charAt(0) != (char) Meta.CLASS) {
      classes.add(id, word);
    } else if (word.length() > 1) {
      classes.addAll(id, word.charAt(1));
    } else {
      problem.accept("Name required for macro/class");
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
