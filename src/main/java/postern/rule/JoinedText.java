package postern.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.map.MapEntry;
import postern.text.Bytes;
import postern.text.Symbols;
import postern.text.TokenTables;
import postern.text.TokenText;

/**
 * Tokens of a {@link TreeState} that are to be joined to a text, with as much of it ready as can
 * be. Immutable.
 */
final class JoinedText {
  private static final int SHORT = 256;

  /** The tokens: symbols and {@code ~v} for variables. */
  final int[] tokens;

  private final int separator;
  private final int room;
  // Parts: a text that is ready, and then a variable, or -1 for none.
  private final byte[][] texts;
  private final int[] variables;
  private final boolean[] separated;
  private final boolean[] ends;
  private final boolean quoted;
  private final boolean bare;
  // How many variables in a row hold all tokens of one text; 1 if that is not known.
  private final int[] runs;

  /**
   * @param events what has filled variables
   * @param separator see {@link TokenText#join}
   * @param room see {@link TokenText#join}
   * @param bare whether quotes and backslashes are taken off
   */
  JoinedText(
      int[] tokens,
      TreeState.@Nullable Event events,
      Symbols symbols,
      TokenTables tables,
      int separator,
      int room,
      boolean bare) {
    this.bare = bare;
    this.tokens = tokens;
    this.separator = separator;
    this.room = room;
    List<byte[]> allTexts = new ArrayList<>();
    List<int[]> parts = new ArrayList<>();
    boolean quotes = false;
    int i = 0;
    while (i < tokens.length) {
      int end = i;
      while (end < tokens.length && tokens[end] >= 0) {
        end++;
      }
      Bytes ready = new Bytes();
      TokenText.join(symbols, tables, tokens, i, end, separator, Integer.MAX_VALUE, ready);
      boolean escaped = holds(ready, '\\');
      if (bare && !escaped) {
        MapEntry.stripQuotes(ready);
      }
      quotes |= escaped || holds(ready, '"');
      allTexts.add(java.util.Arrays.copyOf(ready.array(), ready.length()));
      int first = end > i ? kind(symbols, tables, tokens[i]) : -1;
      int last = end > i ? kind(symbols, tables, tokens[end - 1]) : -1;
      int variable = end < tokens.length ? ~tokens[end] : -1;
      int run = variable >= 0 ? run(tokens, end, events) : 1;
      parts.add(new int[] {first, last, variable, run});
      i = end + run;
    }
    int n = parts.size();
    texts = allTexts.toArray(new byte[0][]);
    variables = new int[n];
    runs = new int[n];
    separated = new boolean[n];
    ends = new boolean[n];
    for (int k = 0; k < n; k++) {
      separated[k] = parts.get(k)[0] == 1;
      ends[k] = parts.get(k)[1] == 1;
      variables[k] = parts.get(k)[2];
      runs[k] = parts.get(k)[3];
    }
    quoted = quotes;
  }

  private static boolean holds(Bytes text, char c) {
    for (int i = 0; i < text.length(); i++) {
      if (text.at(i) == c) {
        return true;
      }
    }
    return false;
  }

  private static int run(int[] tokens, int at, TreeState.@Nullable Event events) {
    for (TreeState.Event e = events; e != null; e = e.before()) {
      if (e.from() != ~tokens[at] || e.count() < 2 || at + e.count() > tokens.length) {
        continue;
      }
      int n = 1;
      while (n < e.count() && tokens[at + n] == tokens[at] - n) {
        n++;
      }
      if (n == e.count()) {
        return n;
      }
    }
    return 1;
  }

  private static int kind(Symbols symbols, TokenTables tables, int token) {
    return symbols.length(token) > 0 && tables.isAtom(symbols.first(token)) ? 1 : 0;
  }

  /** Whether it is this byte, always. */
  boolean isOnly(char c) {
    return variables.length == 1 && variables[0] < 0 && texts[0].length == 1 && texts[0][0] == c;
  }

  /** The variable that it is and nothing else, or -1. */
  int variable() {
    return variables.length == 1 && texts[0].length == 0 && runs[0] == 1 ? variables[0] : -1;
  }

  /** Whether it is never so long that the next argument of a map has to be cut for it. */
  boolean isShort() {
    return variable() >= 0
        || (variables.length == 1 && variables[0] < 0 && texts[0].length < SHORT);
  }

  /** The text that it is, if it is that of one source as it came; else null. */
  @Nullable Bytes whole(TreeValues values, int most) {
    if (variables.length != 1 || texts[0].length > 0 || runs[0] < 2) {
      return null;
    }
    Bytes whole = values.whole(variables[0]);
    return whole != null && whole.length() <= Math.min(most, room) - 4 ? whole : null;
  }

  /** Whether there may be quotes in it that have not been taken off. */
  boolean isQuoted() {
    return quoted;
  }

  /** The usual key: a mark, and all of a macro's value. */
  private boolean appendWhole(TokenTables tables, TreeValues values, int left, Bytes out) {
    Bytes whole = runs[0] > 1 ? values.whole(variables[0]) : null;
    byte[] mark = texts[0];
    if (whole == null || mark.length + whole.length() >= left - 4) {
      return false;
    }
    out.append(mark, 0, mark.length);
    if (ends[0] && separator != 0 && tables.isAtom(whole.at(0))) {
      out.append(separator);
    }
    out.append(whole);
    return true;
  }

  /**
   * Appends the text.
   *
   * @param values what the variables hold
   * @param most room that is left, if that is less than this text's own
   */
  void append(Symbols symbols, TokenTables tables, TreeValues values, int most, Bytes out) {
    int left = Math.min(most, room);
    if (variables.length == 1 && appendWhole(tables, values, left, out)) {
      return;
    }
    int from = out.length();
    boolean atom = false;
    for (int k = 0; k < variables.length; k++) {
      byte[] text = texts[k];
      if (text.length > 0) {
        if (atom && separated[k] && separator != 0) {
          out.append(separator);
        }
        out.append(text, 0, text.length);
        atom = ends[k];
      }
      int variable = variables[k];
      if (variable >= 0) {
        Bytes whole = runs[k] > 1 ? values.whole(variable) : null;
        if (whole != null) {
          if (atom && separator != 0 && tables.isAtom(whole.at(0))) {
            out.append(separator);
          }
          out.append(whole);
          atom = tables.isAtom(whole.at(whole.length() - 1));
          continue;
        }
        for (int i = 0; i < runs[k]; i++) {
          int token = values.tokens[variable + i];
          atom = TokenText.append(symbols, tables, token, atom, separator, out);
        }
      }
    }
    if (out.length() - from > left - 4) { // may have to be cut
      out.truncate(from);
      int[] all = new int[tokens.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = tokens[i] >= 0 ? tokens[i] : values.tokens[~tokens[i]];
      }
      TokenText.join(symbols, tables, all, 0, all.length, separator, left, out);
      if (bare) {
        MapEntry.stripQuotes(out);
      }
    }
  }
}
