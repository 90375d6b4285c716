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
  public static String translate(String typed, int level, MacroNames.Reader names) {
    return CfText.ofTyped(typed, level, names);
  }

  /** Hears what is added to a class, before it is. */
  public interface Listener {
    /** Hears nothing. */
    Listener NOBODY =
        new Listener() {
          @Override
          public void word(int id, String word) {}

          @Override
          public void members(int id, int other) {}
        };

    /** {@code word} becomes a member of class {@code id}. */
    void word(int id, String word);

    /** The members of class {@code other} become members of class {@code id}. */
    void members(int id, int other);
  }

  /**
   * Adds the words of {@code text}, already expanded, to class {@code id}.
   *
   * @param problem told of a {@code $=} without a name
   */
  public static void addWords(
      Classes classes, int id, String text, Consumer<String> problem, Listener listener) {
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isSpace(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        addWord(classes, id, text.substring(at, end), problem, listener);
      }
      at = end + 1;
    }
  }

  private static void addWord(
      Classes classes, int id, String word, Consumer<String> problem, Listener listener) {
    if (word.charAt(0) != (char) Meta.CLASS) {
      listener.word(id, word);
      classes.add(id, word);
    } else if (word.length() > 1) {
      listener.members(id, word.charAt(1));
      classes.addAll(id, word.charAt(1));
    } else {
      problem.accept("Name required for macro/class");
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
