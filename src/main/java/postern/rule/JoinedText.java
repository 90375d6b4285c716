package postern.rule;

import java.util.ArrayList;
import java.util.List;
import postern.text.Bytes;
import postern.text.Symbols;
import postern.text.TokenTables;
import postern.text.TokenText;

/**
 * Tokens of a {@link TreeState} that are to be joined to a text, with as much of it ready as can
 * be. Immutable.
 */
final class JoinedText {
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

  /**
   * @param separator see {@link TokenText#join}
   * @param room see {@link TokenText#join}
   */
  JoinedText(int[] tokens, Symbols symbols, TokenTables tables, int separator, int room) {
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
      allTexts.add(java.util.Arrays.copyOf(ready.array(), ready.length()));
      for (int k = 0; k < ready.length(); k++) {
        quotes |= ready.at(k) == '"' || ready.at(k) == '\\';
      }
      int first = end > i ? kind(symbols, tables, tokens[i]) : -1;
      int last = end > i ? kind(symbols, tables, tokens[end - 1]) : -1;
      int variable = end < tokens.length ? ~tokens[end] : -1;
      parts.add(new int[] {first, last, variable});
      i = end + 1;
    }
    int n = parts.size();
    texts = allTexts.toArray(new byte[0][]);
    variables = new int[n];
    separated = new boolean[n];
    ends = new boolean[n];
    for (int k = 0; k < n; k++) {
      separated[k] = parts.get(k)[0] == 1;
      ends[k] = parts.get(k)[1] == 1;
      variables[k] = parts.get(k)[2];
    }
    quoted = quotes;
  }

  private static int kind(Symbols symbols, TokenTables tables, int token) {
    return symbols.length(token) > 0 && tables.isAtom(symbols.first(token)) ? 1 : 0;
  }

  /** Whether there may be quotes in it. */
  boolean isQuoted() {
    return quoted;
  }

  /**
   * Appends the text.
   *
   * @param values what the variables hold
   * @param most room that is left, if that is less than this text's own
   */
  void append(Symbols symbols, TokenTables tables, int[] values, int most, Bytes out) {
    int left = Math.min(most, room);
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
        atom = TokenText.append(symbols, tables, values[variable], atom, separator, out);
      }
    }
    if (out.length() - from > left - 4) { // may have to be cut
      out.truncate(from);
      int[] all = new int[tokens.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = tokens[i] >= 0 ? tokens[i] : values[~tokens[i]];
      }
      TokenText.join(symbols, tables, all, 0, all.length, separator, left, out);
    }
  }
}
