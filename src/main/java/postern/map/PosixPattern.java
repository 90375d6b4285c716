package postern.map;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** POSIX regular expressions for RE2/J: leftmost longest, basic syntax turned into extended. */
final class PosixPattern {
  private PosixPattern() {}

  /**
   * Compiles {@code text}.
   *
   * @throws PatternSyntaxException if it is no regular expression
   */
  static Pattern compile(String text, boolean basic, boolean keepCase) {
    int flags = Pattern.LONGEST_MATCH | Pattern.DOTALL;
    if (!keepCase) {
      flags |= Pattern.CASE_INSENSITIVE;
    }
    return Pattern.compile(translate(text, basic), flags);
  }

  /** Rewrites what POSIX and RE2 see differently: bracket expressions, basic syntax. */
  static String translate(String text, boolean basic) {
    StringBuilder out = new StringBuilder();
    boolean start = true; // where a basic * is an ordinary character
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[') {
        i = bracket(text, i, out);
        start = false;
        continue;
      }
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        if (basic && "(){}".indexOf(next) >= 0) {
          out.append(next);
          start = next == '(';
        } else if (basic && (next == '|' || next == '+' || next == '?')) {
          out.append(next);
          start = next == '|';
        } else if (Character.isLetterOrDigit(next)) {
          out.append(extension(next));
          start = false;
        } else {
          out.append('\\').append(next);
          start = false;
        }
        continue;
      }
      if (basic) {
        if ("(){}|+?".indexOf(c) >= 0 || (c == '*' && start)) {
          out.append('\\').append(c);
          start = false;
          continue;
        }
        start = c == '^' && start;
      } else if (c == '{' && !isInterval(text, i)) {
        out.append("\\{");
        continue;
      }
      out.append(c);
    }
    return out.toString();
  }

  private static String extension(char letter) {
    return switch (letter) {
      case 'w' -> "[0-9A-Za-z_]";
      case 'W' -> "[^0-9A-Za-z_]";
      case 's' -> "[ \\t\\n\\v\\f\\r]";
      case 'S' -> "[^ \\t\\n\\v\\f\\r]";
      case 'b' -> "\\b";
      case 'B' -> "\\B";
      default -> String.valueOf(letter);
    };
  }

  private static boolean isInterval(String text, int open) {
    int i = open + 1;
    boolean digits = false;
    while (i < text.length() && (Character.isDigit(text.charAt(i)) || text.charAt(i) == ',')) {
      digits = true;
      i++;
    }
    return digits && i < text.length() && text.charAt(i) == '}';
  }

  /** Copies a bracket expression, in which POSIX knows no backslash; returns its last index. */
  private static int bracket(String text, int open, StringBuilder out) {
    int i = open + 1;
    StringBuilder inner = new StringBuilder("[");
    if (i < text.length() && text.charAt(i) == '^') {
      inner.append('^');
      i++;
    }
    boolean first = true;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == ']' && !first) {
        out.append(inner).append(']');
        return i;
      }
      first = false;
      if (c == '[' && i + 1 < text.length() && text.charAt(i + 1) == ':') {
        int end = text.indexOf(":]", i + 2);
        if (end > 0) {
          inner.append(text, i, end + 2);
          i = end + 2;
          continue;
        }
      }
      if (c == '\\' || c == '[' || c == ']') {
        inner.append('\\');
      }
      inner.append(c);
      i++;
    }
    out.append('['); // not closed: let the compiler say so
    out.append(text, open + 1, text.length());
    return text.length() - 1;
  }

  /** glibc's words for what is wrong. */
  static String words(PatternSyntaxException e) {
    String text = String.valueOf(e.getDescription());
    if (text.contains("missing closing )")) {
      return "Unmatched ( or \\(";
    }
    if (text.contains("missing closing ]")) {
      return "Unmatched [, [^, [:, [., or [=";
    }
    if (text.contains("unexpected )")) {
      return "Unmatched ) or \\)";
    }
    if (text.contains("missing argument to repetition") || text.contains("repetition operator")) {
      return "Invalid preceding regular expression";
    }
    if (text.contains("trailing backslash")) {
      return "Trailing backslash";
    }
    if (text.contains("invalid character class range")) {
      return "Invalid range end";
    }
    if (text.contains("invalid repeat count")) {
      return "Invalid content of \\{\\}";
    }
    return text;
  }
}
