package postern.cf;

import java.util.function.Consumer;
import postern.text.MacroNames;
import postern.text.Meta;

/**
 * A record's text with its {@code $}-escapes turned into the bytes of {@link Meta}, comments taken
 * off, and for each character the place in the file that it came from.
 */
final class CfText {
  private static final int COMMENTS_SINCE = 3;

  private final StringBuilder text;
  private final int[] offsets;
  private final int end;

  private CfText(StringBuilder text, int[] offsets, int end) {
    this.text = text;
    this.offsets = offsets;
    this.end = end;
  }

  /** The translated text, the record's first character not included. */
  String text() {
    return text.toString();
  }

  /** Where character {@code index} of the text stands in the file. */
  int offset(int index) {
    return index < text.length() ? offsets[index] : end;
  }

  /**
   * Translates a record.
   *
   * @param level level of the {@code V} line in force; comments inside lines exist from 3 on
   */
  static CfText of(CfRecord record, int level, MacroNames names, Consumer<String> problem) {
    MacroNames.Reader reader = (text, from) -> names.parse(text, from, problem);
    return new Translator(record.text(), record.offset() + 1, level, reader, false).translate();
  }

  /**
   * Translates text that was typed: the value of {@code .D} and kin in address test mode. Its first
   * character is never a comment or trailing white space.
   */
  static String ofTyped(String typed, int level, MacroNames.Reader names) {
    return new Translator(typed, 0, level, names, true).translate().text();
  }

  private static final class Translator {
    private final MacroNames.Reader names;
    private final boolean comments;
    private final boolean typed;
    private final String in;
    private final int[] from;
    private final int end;
    private final StringBuilder out;
    private final int[] offsets;
    private int at;

    Translator(String raw, int offset, int level, MacroNames.Reader names, boolean typed) {
      this.names = names;
      this.typed = typed;
      comments = level >= COMMENTS_SINCE;
      StringBuilder quoted = new StringBuilder(raw.length() + 8);
      int[] places = new int[raw.length() * 2];
      for (int i = 0; i < raw.length(); i++) {
        char c = raw.charAt(i);
        if (Meta.isMeta(c) || c == Meta.QUOTE) {
          places[quoted.length()] = offset + i;
          quoted.append((char) Meta.QUOTE);
        }
        places[quoted.length()] = offset + i;
        quoted.append(c);
      }
      in = quoted.toString();
      from = places;
      end = offset + raw.length();
      out = new StringBuilder(in.length());
      offsets = new int[in.length() + 1];
    }

    CfText translate() {
      int visible = -1; // where a name that is none cut the line off
      while (at < in.length()) {
        char c = in.charAt(at);
        if (c == '#' && comments && (!typed || !out.isEmpty())) {
          hash();
        } else if (c != '$' || at + 1 >= in.length()) {
          copy();
        } else if (in.charAt(at + 1) == '$') {
          copy();
          at++;
        } else if (!reference() && visible < 0) {
          visible = out.length();
        }
      }
      if (visible >= 0) {
        out.setLength(visible);
      } else {
        trim();
      }
      return new CfText(out, offsets, end);
    }

    private void copy() {
      add(in.charAt(at), at);
      at++;
    }

    private void add(char c, int place) {
      offsets[out.length()] = from[place];
      out.append(c);
    }

    /** A comment, unless a backslash precedes it; blanks before it go as well. */
    private void hash() {
      int last = out.length() - 1;
      char before = last < 0 ? 0 : out.charAt(last);
      if (before == '\\') {
        out.setLength(last);
        copy();
        return;
      }
      if (before == Meta.EXPAND) {
        copy();
        return;
      }
      int least = typed ? 1 : 0;
      int keep = out.length();
      while (keep > least && out.charAt(keep - 1) != '\n' && isSpace(out.charAt(keep - 1))) {
        keep--;
      }
      out.setLength(keep);
      at = in.indexOf('\n', at);
      if (at < 0) {
        at = in.length();
      } else {
        copy();
      }
    }

    /** One {@code $x}; false if the line ends here for everybody but the finder of more faults. */
    private boolean reference() {
      add((char) Meta.EXPAND, at);
      at++;
      if ("=~&?".indexOf(in.charAt(at)) >= 0) {
        copy();
      }
      int place = at;
      MacroNames.Parsed parsed = names.read(in, at);
      at = parsed.end();
      if (parsed.id() == MacroNames.BAD) {
        return false;
      }
      add((char) parsed.id(), place);
      return true;
    }

    private void trim() {
      int keep = out.length();
      while (keep > (typed ? 1 : 0) && isSpace(out.charAt(keep - 1))) {
        keep--;
      }
      out.setLength(keep);
    }

    private static boolean isSpace(char c) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    }
  }
}
