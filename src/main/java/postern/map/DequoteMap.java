package postern.map;

import postern.text.Bytes;

/**
 * Class {@code dequote}: the key without its double quotes; no answer if there were none or if the
 * rest would not be one piece of text (blanks, unbalanced parentheses or brackets).
 */
final class DequoteMap implements LookupMap {
  private final int substitute;
  private final String append;

  DequoteMap(int substitute, String append) {
    this.substitute = substitute;
    this.append = append;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    Bytes key = query.key();
    Bytes out = answer.found();
    int angles = 0;
    int parentheses = 0;
    int quotes = 0;
    boolean quoting = false;
    boolean backslash = false;
    for (int i = 0; i < key.length(); i++) {
      int c = key.at(i);
      if (backslash) {
        backslash = false;
        out.append(c);
        continue;
      }
      if (c == ' ' && substitute != 0) {
        c = substitute;
      }
      switch (c) {
        case '\\' -> backslash = true;
        case '(' -> parentheses++;
        case ')' -> {
          if (parentheses-- <= 0) {
            answer.missing(Answer.OK);
            return;
          }
        }
        case ' ', '\t' -> {
          answer.missing(Answer.OK);
          return;
        }
        default -> {}
      }
      if (parentheses <= 0) {
        if (c == '<') {
          angles++;
        } else if (c == '>') {
          if (angles-- <= 0) {
            answer.missing(Answer.OK);
            return;
          }
        } else if (c == '"') {
          quotes++;
          quoting = !quoting;
          continue;
        }
      }
      out.append(c);
    }
    if (angles != 0 || parentheses != 0 || quoting || backslash || quotes <= 0) {
      answer.missing(Answer.OK);
      return;
    }
    out.append(append);
  }
}
