package postern.text;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Macro expansion of text (operations guide, "Define Macro"): {@code $x}, conditionals, and again
 * as long as a replaced value brought new metasymbols, ten times at most.
 */
public final class Expander {
  private static final int MAX_DEPTH = 10;
  private static final int BUFFER = 4095;

  /** Most bytes of a result. */
  public static final int LINE = 2047;

  /** Where macro values come from. */
  public interface Source {
    /** The value of macro {@code id}, or null if it is not defined. */
    @Nullable String value(int id);
  }

  /** Sees the rounds of an expansion. */
  public interface Watcher {
    /** Round {@code depth}, from 0, begins with {@code text}. */
    void expanding(int depth, String text);

    /** Round {@code depth} made {@code text}. */
    void expanded(int depth, String text);

    /** The result. */
    void done(String text);
  }

  /** Looks away. */
  public static final Watcher NOBODY =
      new Watcher() {
        @Override
        public void expanding(int depth, String text) {}

        @Override
        public void expanded(int depth, String text) {}

        @Override
        public void done(String text) {}
      };

  /**
   * What earlier expansions left in the buffers of sendmail's rounds. A round reads on there when
   * its text ends in {@code $?}, behind the end of the text. The first round's buffer lies where
   * messages are put together too: what is left of it by then is no text.
   */
  public static final class Remains {
    private final char[][] rounds = new char[MAX_DEPTH + 1][];

    private void keep(int depth, CharSequence text) {
      if (rounds[depth] == null) {
        rounds[depth] = new char[BUFFER + 1];
      }
      for (int i = 0; i < text.length(); i++) {
        rounds[depth][i] = text.charAt(i);
      }
      rounds[depth][text.length()] = 0;
    }

    private String behind(int depth, int length) {
      char[] buffer = depth < 1 ? null : rounds[depth];
      int end = length + 1;
      while (buffer != null && end < buffer.length && buffer[end] != 0) {
        end++;
      }
      return buffer == null || end == length + 1
          ? ""
          : new String(buffer, length + 1, end - length - 1);
    }
  }

  private Expander() {}

  /**
   * Expands {@code text}.
   *
   * @param room most bytes of the result; the rest is cut silently
   * @param problem told when the recursion is too deep
   */
  public static String expand(String text, Source macros, int room, Consumer<String> problem) {
    return expand(text, macros, room, problem, NOBODY);
  }

  /** The same under the eyes of {@code watcher}. */
  public static String expand(
      String text, Source macros, int room, Consumer<String> problem, Watcher watcher) {
    return expand(text, macros, room, problem, watcher, new Remains());
  }

  /** The same as one of several expansions that share {@code remains}. */
  public static String expand(
      String text,
      Source macros,
      int room,
      Consumer<String> problem,
      Watcher watcher,
      Remains remains) {
    String current = text;
    for (int depth = 0; ; depth++) {
      watcher.expanding(depth, current);
      StringBuilder out = new StringBuilder();
      String all =
          endsInIf(current)
              ? current + '\0' + remains.behind(depth - 1, current.length())
              : current;
      boolean again = pass(all, macros, out);
      remains.keep(depth, out);
      current = out.toString();
      watcher.expanded(depth, current);
      if (!again) {
        break;
      }
      if (depth >= MAX_DEPTH) {
        problem.accept("expand: recursion too deep (" + MAX_DEPTH + " max)");
        break;
      }
    }
    String result = current.length() > room ? current.substring(0, room) : current;
    watcher.done(result);
    return result;
  }

  private static boolean endsInIf(String text) {
    int n = text.length();
    return n > 0 && text.charAt(n - 1) == Meta.IF;
  }

  /** One pass; says whether a value brought metasymbols in. */
  private static boolean pass(String text, Source macros, StringBuilder out) {
    boolean again = false;
    boolean skipping = false;
    boolean quoted = false;
    int skipDepth = 0;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String value = null;
      if (quoted) {
        quoted = false;
      } else {
        switch (c) {
          case Meta.IF -> {
            depth++;
            i++;
            if (skipping) {
              skipDepth++;
            } else {
              String tested = i < text.length() ? macros.value(text.charAt(i)) : null;
              skipping = tested == null || tested.isEmpty();
            }
            continue;
          }
          case Meta.ELSE -> {
            if (depth > 0) {
              if (skipDepth == 0) {
                skipping = !skipping;
              }
              continue;
            }
          }
          case Meta.FI -> {
            if (depth > 0) {
              depth--;
              if (skipDepth == 0) {
                skipping = false;
              }
              if (skipping) {
                skipDepth--;
              }
              continue;
            }
          }
          case Meta.EXPAND -> {
            i++;
            value = i < text.length() ? macros.value(text.charAt(i)) : null;
            if (value == null) {
              continue;
            }
          }
          case Meta.QUOTE -> quoted = true;
          default -> {}
        }
      }
      if (skipping || out.length() >= BUFFER) {
        continue;
      }
      if (value == null) {
        out.append(c);
      } else {
        again |= interpolate(value, out);
      }
    }
    return again;
  }

  private static boolean interpolate(String value, StringBuilder out) {
    boolean meta = false;
    boolean quoted = false;
    for (int k = 0; k < value.length() && out.length() < BUFFER; k++) {
      char v = value.charAt(k);
      meta |= !quoted && Meta.isMeta(v);
      quoted = v == Meta.QUOTE;
      out.append(v);
    }
    return meta;
  }
}
