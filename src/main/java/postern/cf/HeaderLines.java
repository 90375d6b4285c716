package postern.cf;

import java.util.ArrayList;
import java.util.List;
import postern.source.Diagnostic.Code;
import postern.text.Meta;

/** {@code H} lines. */
final class HeaderLines {
  private static final int MAX_NAME = 100;
  private static final int TARGET_ROOM = 49;

  private final Compiler in;
  private final List<HeaderLine> headers = new ArrayList<>();

  HeaderLines(Compiler in) {
    this.in = in;
  }

  List<HeaderLine> list() {
    return List.copyOf(headers);
  }

  void line(String text) {
    String flags = "";
    int condition = 0;
    int at = 0;
    String shown = text;
    if (text.startsWith("?")) {
      int close = text.indexOf('?', 1);
      if (close < 0) {
        bad(text);
        return;
      }
      String inside = text.substring(1, close);
      if (!inside.isEmpty() && inside.charAt(0) == Meta.EXPAND) {
        if (inside.length() != 2) {
          bad(text);
          return;
        }
        condition = inside.charAt(1);
      } else if (inside.chars().anyMatch(c -> c >= 0x80)) {
        bad(text);
        return;
      } else {
        flags = inside;
      }
      shown = text.substring(0, close);
      at = close + 1;
    }
    int start = at;
    while (at < text.length() && isGraphic(text.charAt(at)) && text.charAt(at) != ':') {
      at++;
    }
    String name = text.substring(start, at);
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    if (name.isEmpty() || at >= text.length() || text.charAt(at) != ':') {
      bad(shown);
      return;
    }
    if (name.length() > MAX_NAME) {
      return; // sendmail takes a name this long for the end of the header
    }
    String template = text.substring(at + 1).stripLeading();
    if (!check(name, template)) {
      headers.add(new HeaderLine(name, template, flags, condition, "", false));
    }
  }

  /** A line that names a rule set for the field. */
  private boolean check(String name, String template) {
    String expanded = in.expand(template, TARGET_ROOM);
    int at = 0;
    while (at < expanded.length() && isSpace(expanded.charAt(at))) {
      at++;
    }
    if (at >= expanded.length() || expanded.charAt(at) != Meta.CALL) {
      return false;
    }
    boolean comments = expanded.startsWith("+", at + 1);
    String target = expanded.substring(at + (comments ? 2 : 1));
    if (in.rules().enter(target) > 0) {
      String set = target.substring(0, in.rules().end()).strip();
      headers.add(new HeaderLine(name, "", "", 0, set, comments));
    }
    return true;
  }

  private void bad(String text) {
    in.error(Code.BAD_HEADER, "header syntax error, line \"" + Compiler.shown(text) + "\"");
  }

  private static boolean isGraphic(char c) {
    return c > ' ' && c < 0x7f;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
