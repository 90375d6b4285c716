package postern.cf;

import java.util.function.Consumer;
import postern.text.Classes;
import postern.text.MacroNames;
import postern.text.Meta;

/** Configuration text that is typed at a prompt. */
public final class TypedText {
  private TypedText() {}

  /** Turns {@code $}-escapes into bytes of {@link Meta} and takes comments off. */
  public static String translate(
      String typed, int level, MacroNames names, Consumer<String> problem) {
    return CfText.ofTyped(typed, level, names, problem);
  }

  /** Adds the words of {@code text}, already expanded, to class {@code id}. */
  public static void addWords(Classes classes, int id, String text) {
    for (String word : text.split("[ \t\n\u000b\f\r]+")) {
      if (word.isEmpty()) {
        continue;
      }
      if (word.charAt(0) == (char) Meta.CLASS && word.length() > 1) {
        classes.addAll(id, word.charAt(1));
      } else {
        classes.add(id, word);
      }
    }
  }
}
