package postern.offline;

import java.util.List;

/** Small help with sentences. */
public final class Words {
  /** Widest line of output. */
  public static final int WIDTH = 100;

  private Words() {}

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  public static String list(List<String> items) {
    return list(items, "and");
  }

  /** The same with another word in front of the last item. */
  public static String list(List<String> items, String last) {
    int n = items.size();
    if (n < 2) {
      return String.join("", items);
    }
    return String.join(", ", items.subList(0, n - 1)) + " " + last + " " + items.get(n - 1);
  }

  /** {@code 1 line}, {@code 2 lines}. */
  public static String count(long n, String one) {
    return number(n) + " " + one + (n == 1 ? "" : "s");
  }

  /** A number with commas between thousands. */
  public static String number(long n) {
    return String.format(java.util.Locale.ROOT, "%,d", n);
  }

  /** Breaks {@code text} at blanks so that lines fit; following lines begin with {@code indent}. */
  public static String wrap(String text, int width, String indent) {
    StringBuilder out = new StringBuilder();
    int start = 0;
    while (start < text.length() && text.charAt(start) == ' ') {
      start++;
    }
    out.append(" ".repeat(start));
    int column = start;
    boolean fresh = true;
    for (String word : text.substring(start).split(" ", -1)) {
      if (column > Math.max(start, indent.length()) && column + 1 + word.length() > width) {
        out.append('\n').append(indent);
        column = indent.length();
      } else if (!fresh) {
        out.append(' ');
        column++;
      }
      fresh = false;
      out.append(word);
      column += word.length();
    }
    return out.toString();
  }

  /** A file's name as people here would type it: relative if it lies below the current folder. */
  public static String path(String file) {
    String here = java.nio.file.Path.of("").toAbsolutePath() + "/";
    return file.startsWith(here) ? file.substring(here.length()) : file;
  }

  /** {@code text}, cut with dots if it is longer than {@code width}. */
  public static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 3)) + "...";
  }
}
