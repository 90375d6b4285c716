package postern.map;

import postern.text.Bytes;

/**
 * Class {@code dequote}: the key without its double quotes; no answer if there were none or if the
 * rest would not be one piece of text (blanks, unbalanced parentheses or brackets).
 */
final class DequoteMap implements LookupMap {
  private final MapFlags flags;

  DequoteMap(MapFlags flags) {
    this.flags = flags;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    Bytes out = answer.found();
    if (dequote(query.key(), flags.spaceSubstitute, out)) {
      out.append(flags.append);
    } else {
      answer.missing(Answer.OK);
    }
  }

  private static boolean dequote(Bytes key, int substitute, Bytes out) {
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
            return false;
          }
        }
        case ' ', '\t' -> {
          return false;
        }
        default -> {}
      }
      if (parentheses <= 0) {
        switch (c) {
          case '<' -> angles++;
          case '>' -> {
            if (angles-- <= 0) {
              return false;
            }
          }
          case '"' -> {
            quotes++;
            quoting = !quoting;
            continue;
          }
          default -> {}
        }
      }
      out.append(c);
    }
    return angles == 0 && parentheses == 0 && !quoting && !backslash && quotes > 0;
  }
}
