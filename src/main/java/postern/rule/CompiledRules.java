package postern.rule;

/**
 * The left-hand sides of one rule set as straight code, made by {@link RulesCompiler} for rule sets
 * that are entered often. {@link Matcher} is what it must do the same as.
 */
abstract class CompiledRules {
  /** What the classes were when it was made, see {@link postern.text.Classes#version}. */
  int version;

  /**
   * See {@link Matcher#find}; what the operators matched goes into the matcher.
   *
   * @param words the folded words of the workspace
   * @param bits the bits of all of them, see {@link Plan.Words}
   */
  abstract int find(Matcher matcher, int[] words, int size, long bits, int index);

  /**
   * Writes the right-hand side of a rule that has a {@link Writing}; folded words and bits go to
   * the matcher.
   *
   * @param from where the workspace begins in {@code vector}
   * @return the number of tokens, or minus the status of a fault
   */
  abstract int write(Matcher matcher, int rule, int[] vector, int from, int[] out);
}
