package postern.cf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import postern.text.MacroNames;
import postern.text.Meta;

/**
 * A record's text with its {@code $}-escapes turned into the bytes of {@link Meta}, comments taken
 * off, and for each character the place in the file that it came from.
 */
final class CfText {
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> offsets = new ArrayList<>();
  private final int end;

  private CfText(int end) {
    this.end = end;
  }

  /** The translated text, the record's first character not included. */
  String text() {
    return text.toString();
  }

  /** Where character {@code index} of the text stands in the file. */
  int offset(int index) {
    return index < offsets.size() ? offsets.get(index) : end;
  }

  /**
   * Translates a record.
   *
   * @param level level of the {@code V} line in force; comments inside lines exist from 3 on
   */
  static CfText of(CfRecord record, int level, MacroNames names, Consumer<String> problem) {
    int end = record.offset() + 1;
    for (CfRecord.Piece piece : record.pieces()) {
      end = piece.offset() + piece.text().length();
    }
    CfText out = new CfText(end);
    for (CfRecord.Piece piece : record.pieces()) {
      switch (piece.type()) {
        case TEXT -> out.literal(piece.text(), piece.offset());
        case CONTINUATION -> out.add('\n', piece.offset());
        case DOLLAR -> out.add('$', piece.offset());
        case ESCAPED_HASH -> {
          if (level < 3) {
            out.add('\\', piece.offset());
          }
          out.add('#', piece.offset() + 1);
        }
        case COMMENT -> {
          if (level >= 3) {
            out.trimEnd();
          } else {
            out.dollars(piece.text(), piece.offset(), names, problem);
          }
        }
        case REFERENCE -> {
          if (!out.reference(piece.text(), piece.offset(), names, problem)) {
            return out.trimmed();
          }
        }
      }
    }
    return out.trimmed();
  }

  /** Translates text that was typed: {@code .D} and kin in address test mode. */
  static String ofTyped(String typed, int level, MacroNames names, Consumer<String> problem) {
    CfText out = new CfText(typed.length());
    String line = typed;
    if (level >= 3) {
      line = out.uncommented(typed);
    }
    out.dollars(line, 0, names, problem);
    return out.trimmed().text();
  }

  private String uncommented(String typed) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < typed.length(); i++) {
      char c = typed.charAt(i);
      if (c == '$' && i + 1 < typed.length()) {
        line.append(c).append(typed.charAt(++i));
      } else if (c == '#' && i > 0) {
        if (typed.charAt(i - 1) == '\\') {
          line.setCharAt(line.length() - 1, '#');
        } else {
          while (line.length() > 0 && isBlank(line.charAt(line.length() - 1))) {
            line.setLength(line.length() - 1);
          }
          break;
        }
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private void add(char c, int offset) {
    text.append(c);
    offsets.add(offset);
  }

  private void literal(String piece, int offset) {
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      if (Meta.isMeta(c) || c == Meta.QUOTE) {
        add((char) Meta.QUOTE, offset + i);
      }
      add(c, offset + i);
    }
  }

  /** Text that the grammar did not take apart. */
  private void dollars(String piece, int offset, MacroNames names, Consumer<String> problem) {
    int i = 0;
    while (i < piece.length()) {
      int dollar = piece.indexOf('$', i);
      if (dollar < 0) {
        literal(piece.substring(i), offset + i);
        return;
      }
      literal(piece.substring(i, dollar), offset + i);
      if (piece.startsWith("$$", dollar)) {
        add('$', offset + dollar);
        i = dollar + 2;
        continue;
      }
      int end = dollar + 1;
      if (end < piece.length() && "=~&?".indexOf(piece.charAt(end)) >= 0) {
        end++;
      }
      if (end < piece.length()) {
        if (piece.charAt(end) == '{') {
          int close = piece.indexOf('}', end);
          end = close < 0 ? piece.length() : close + 1;
        } else {
          end++;
        }
      }
      if (!reference(piece.substring(dollar, end), offset + dollar, names, problem)) {
        return;
      }
      i = end;
    }
  }

  /** One {@code $x}; false if the rest of the record is lost. */
  private boolean reference(String piece, int offset, MacroNames names, Consumer<String> problem) {
    if (piece.length() == 1) {
      add('$', offset); // at the very end of the line
      return true;
    }
    add((char) Meta.EXPAND, offset);
    int name = 1;
    if ("=~&?".indexOf(piece.charAt(1)) >= 0) {
      add(piece.charAt(1), offset + 1);
      name = 2;
    }
    MacroNames.Parsed parsed = names.parse(piece, name, problem);
    if (parsed.id() == MacroNames.BAD) {
      return false;
    }
    add((char) parsed.id(), offset + name);
    for (int i = parsed.end(); i < piece.length(); i++) {
      add(piece.charAt(i), offset + i);
    }
    return true;
  }

  private void trimEnd() {
    while (!text.isEmpty() && isBlank(text.charAt(text.length() - 1))) {
      text.setLength(text.length() - 1);
      offsets.remove(offsets.size() - 1);
    }
  }

  private CfText trimmed() {
    while (!text.isEmpty()) {
      char c = text.charAt(text.length() - 1);
      if (c != ' ' && (c < '\t' || c > '\r')) {
        break;
      }
      text.setLength(text.length() - 1);
      offsets.remove(offsets.size() - 1);
    }
    return this;
  }
}
