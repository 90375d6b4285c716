package postern.cf;

/**
 * One logical line of a configuration file, its continuations included.
 *
 * @param kind the first character; {@code '\n'} for an empty line that is continued
 * @param text everything behind it, line ends of continued lines included
 * @param offset where the line begins in the file, in characters
 * @param line first physical line, from 1
 * @param lastLine number that sendmail's messages show: the last physical line, not counting one
 *     that the end of the file cuts off
 */
record CfRecord(char kind, String text, int offset, int line, int lastLine) {
  /** The same; a dollar sign that begins it belongs to what follows and is part of the text. */
  CfRecord withDollar() {
    return kind == '$' ? new CfRecord(kind, kind + text, offset - 1, line, lastLine) : this;
  }
}
