package postern.cf.mc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import postern.cf.mc.grammar.McLexer;

/**
 * Splits text into tokens that always parse: a name whose bracket closes again becomes a CALL, a
 * quote that is never closed is reported and closed at the end. So the grammar needs no recovery,
 * and one forgotten bracket costs one diagnostic.
 */
final class McTokens {
  /** How deep quotes and brackets may nest; bounds the recursion of whoever walks the tree. */
  static final int MAX_DEPTH = 50;

  /** Takes what is wrong with a token. */
  @FunctionalInterface
  interface Report {
    void problem(Token token, String message);
  }

  private final List<Token> tokens;
  private final Report report;

  private McTokens(List<Token> tokens, Report report) {
    this.tokens = tokens;
    this.report = report;
  }

  /**
   * The tokens of {@code text}, without an end-of-file token; none at all if it nests too deep.
   *
   * @param isWord whether a name would be called if it had its brackets
   */
  static List<Token> of(String text, Predicate<String> isWord, Report report) {
    McLexer lexer = new McLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners(); // no text is wrong for this lexer
    List<Token> tokens = new ArrayList<>(lexer.getAllTokens());
    return new McTokens(tokens, report).close(isWord) ? tokens : List.of();
  }

  private boolean close(Predicate<String> isWord) {
    Deque<Integer> brackets = new ArrayDeque<>();
    Deque<Integer> quotes = new ArrayDeque<>();
    for (int i = 0; i < tokens.size(); i++) {
      switch (tokens.get(i).getType()) {
        case McLexer.QUOTE -> quotes.push(i);
        case McLexer.UNQUOTE -> quotes.pop();
        case McLexer.OPEN -> brackets.push(i);
        case McLexer.CLOSE -> {
          Integer open = brackets.poll();
          if (open != null && isName(open - 1)) {
            retype(open - 1);
          }
        }
        default -> {} // a token that neither opens nor closes
      }
      if (quotes.size() > MAX_DEPTH || brackets.size() > MAX_DEPTH) {
        report.problem(
            tokens.get(i), "quotes or brackets nest more than " + MAX_DEPTH + " levels deep");
        return false;
      }
    }
    if (!quotes.isEmpty()) {
      report.problem(tokens.get(quotes.peekLast()), "the quote that ` opens is never closed by '");
      quotes.forEach(open -> tokens.add(new CommonToken(McLexer.UNQUOTE, "")));
      return true; // brackets behind it were not seen
    }
    while (!brackets.isEmpty()) {
      int open = brackets.removeLast();
      if (isName(open - 1) && isWord.test(tokens.get(open - 1).getText())) {
        report.problem(
            tokens.get(open - 1),
            "the bracket of " + tokens.get(open - 1).getText() + "( is never closed");
      }
    }
    return true;
  }

  private boolean isName(int index) {
    return index >= 0 && tokens.get(index).getType() == McLexer.NAME;
  }

  private void retype(int index) {
    CommonToken call = new CommonToken(tokens.get(index));
    call.setType(McLexer.CALL);
    tokens.set(index, call);
  }
}
