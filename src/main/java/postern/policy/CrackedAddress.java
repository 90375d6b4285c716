package postern.policy;

import postern.text.Meta;

/**
 * Separates an address from the comments and phrases around it: the address itself becomes {@code
 * $g} ({@code Foo <a@b> (c)} is {@code Foo <$g> (c)}).
 */
public final class CrackedAddress {
  private static final String G = (char) Meta.EXPAND + "g";

  private CrackedAddress() {}

  /** The surroundings of {@code address}, with {@code $g} in its place. */
  public static String crack(String address) {
    String text = address.strip();
    int open = unquoted(text, '<');
    if (open >= 0) {
      int close = text.indexOf('>', open);
      String tail = close < 0 ? "" : text.substring(close + 1);
      return (text.substring(0, open) + "<" + G + ">" + tail).strip();
    }
    StringBuilder out = new StringBuilder();
    boolean placed = false;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '(') {
        int end = comment(text, i);
        if (placed && out.length() > 0 && out.charAt(out.length() - 1) != ' ') {
          out.append(' ');
        }
        out.append(text, i, end);
        i = end;
      } else if (c == ' ' || c == '\t') {
        i++;
      } else {
        if (!placed) {
          if (out.length() > 0) {
            out.append(' ');
          }
          out.append(G);
          placed = true;
        }
        i++;
      }
    }
    return placed ? out.toString() : G;
  }

  private static int unquoted(String text, char wanted) {
    boolean quoted = false;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"' && depth == 0) {
        quoted = !quoted;
      } else if (!quoted) {
        if (c == '(') {
          depth++;
        } else if (c == ')' && depth > 0) {
          depth--;
        } else if (depth == 0 && c == wanted) {
          return i;
        }
      }
    }
    return -1;
  }

  private static int comment(String text, int from) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return i + 1;
      }
    }
    return text.length();
  }
}
