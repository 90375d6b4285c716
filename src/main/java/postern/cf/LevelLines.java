package postern.cf;

import java.util.Locale;
import postern.source.Diagnostic.Code;

/** {@code V} lines, which say how the rest is meant, and {@code P} lines. */
final class LevelLines {
  private static final int MAX_PRECEDENCES = 25;

  private final Compiler in;
  private int level;
  private int precedenceLines;

  LevelLines(Compiler in) {
    this.in = in;
  }

  /** The level of the last V line, 0 before the first. */
  int level() {
    return level;
  }

  /** {@code V10/Berkeley}: the text behind the letter. */
  void version(String text) {
    int i = 0;
    while (i < text.length() && FieldLine.isSpace(text.charAt(i))) {
      i++;
    }
    int start = i;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    if (i == start) {
      String begin = text.substring(0, Math.min(20, text.length()));
      in.error(Code.BAD_VERSION, "invalid argument to V line: \"" + Compiler.shown(begin) + "\"");
      return;
    }
    level = (int) Options.atol(text.substring(start, i));
    if (level >= 6) {
      in.options.put("ColonOkInAddr", "false");
    }
    if (level >= 5) {
      String w = in.macros.text('w');
      if (w != null && w.indexOf('.') >= 0) {
        in.macros.set('w', w.substring(0, w.indexOf('.')));
      }
    }
    if (i < text.length() && text.charAt(i) == '/') {
      int vendor = i + 1;
      int end = vendor;
      while (end < text.length() && isLetter(text.charAt(end))) {
        end++;
      }
      String name = text.substring(vendor, end);
      if (!name.equalsIgnoreCase("Berkeley")) {
        in.error(Code.BAD_VERSION, "invalid V line vendor code: \"" + name + "\"");
      }
    }
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** {@code Pname=number}. */
  void precedence(String text) {
    if (precedenceLines >= MAX_PRECEDENCES) {
      in.error(Code.BAD_PRECEDENCE, "too many P lines, " + MAX_PRECEDENCES + " max");
      return;
    }
    int equals = text.indexOf('=');
    if (equals < 0) {
      in.unknown("P" + text);
      return;
    }
    precedenceLines++;
    in.precedences.put(
        text.substring(0, equals).toLowerCase(Locale.ROOT),
        (int) Options.atol(text.substring(equals + 1)));
  }
}
