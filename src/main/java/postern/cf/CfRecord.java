package postern.cf;

import java.util.List;

/**
 * One logical line of a configuration file, its continuations included: the tree that the compiler
 * reads.
 *
 * @param kind the first character; {@code '\n'} for an empty line that is continued
 * @param pieces everything behind it, in order
 * @param offset where the line begins in the file, in characters
 * @param line first physical line, from 1
 * @param lastLine last physical line: the number that sendmail's messages show
 */
record CfRecord(char kind, List<Piece> pieces, int offset, int line, int lastLine) {
  CfRecord {
    pieces = List.copyOf(pieces);
  }

  /** What a piece is. */
  enum Type {
    /** Characters that stand for themselves. */
    TEXT,
    /** {@code $x}, {@code ${name}}, {@code $=x} ... */
    REFERENCE,
    /** {@code $$}. */
    DOLLAR,
    /** {@code \#}: no comment. */
    ESCAPED_HASH,
    /** {@code #} and what follows, if the level of the file knows comments. */
    COMMENT,
    /** A line end that does not end the record. */
    CONTINUATION
  }

  /** A run of characters of one type at {@code offset} of the file. */
  record Piece(Type type, String text, int offset) {}
}
