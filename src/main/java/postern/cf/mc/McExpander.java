package postern.cf.mc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import postern.cf.mc.grammar.McLexer;
import postern.cf.mc.grammar.McParser;

/**
 * The part of m4 that {@code .mc} files use: definitions with rescanning, conditions, includes.
 * Everything else goes to the {@link McCollector}: text as text, sendmail's words as calls. Bounded
 * in depth and in work, so that no text makes it run on.
 */
final class McExpander {
  /** Definitions that expand to definitions, and files that include files. */
  private static final int MAX_DEPTH = 20;

  /** Definitions expanded, in all. */
  private static final int MAX_EXPANSIONS = 20_000;

  private static final int MAX_OUTPUT = 8 << 20;

  /** The only name that sendmail's library defines and files rely on. */
  private static final String SETTINGS_DIR = "MAIL_SETTINGS_DIR";

  private static final McPlace START = new McPlace("", 1, 1, 1);

  /** Receives expanded text. */
  @FunctionalInterface
  interface Sink {
    void text(String text, McPlace place);
  }

  /** The text asks for more than the bounds allow. */
  static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1;

    final McProblem problem;

    TooMuch(McPlace place, String message) {
      super(message);
      problem = new McProblem(place, true, message);
    }
  }

  private record Definition(String body, McPlace place) {}

  private final Map<String, Definition> definitions = new LinkedHashMap<>();
  private final McCollector collector;
  private final McIncludes includes;

  /** Values are read: what they would define or call no longer counts. */
  private boolean atEnd;

  private int depth;
  private int expansions;
  private long output;

  McExpander(McCollector collector, McIncludes includes) {
    this.collector = collector;
    this.includes = includes;
    definitions.put(SETTINGS_DIR, new Definition("/etc/mail/", START));
  }

  /** Expands a whole file into the collector. */
  void file(String name, String text) {
    walk(text, new Origin(name, null), collector);
  }

  /**
   * The definitions in force. The value of a name that sendmail's library asks for is what it would
   * read at the end; a file's own definitions keep their bodies, which need not make sense alone.
   */
  Map<String, McDefine> definitions() {
    atEnd = true;
    Map<String, McDefine> values = new LinkedHashMap<>();
    definitions.forEach(
        (name, definition) -> {
          McPlace place = definition.place();
          if (!place.equals(START)) {
            boolean asked = McOptions.isAsked(name);
            String value = asked ? call(name, List.of(), place) : definition.body();
            values.put(name, new McDefine(name, value, place));
          }
        });
    return values;
  }

  /** Where tokens come from: a file, or the expansion of something that stood at a place. */
  private record Origin(String file, @Nullable McPlace expanded) {
    McPlace place(Token token) {
      if (expanded != null) {
        return expanded;
      }
      String text = token.getText();
      int end = text.indexOf('\n');
      int length = end < 0 ? text.length() : end;
      return new McPlace(
          file, token.getLine(), token.getCharPositionInLine() + 1, Math.max(1, length));
    }
  }

  private void walk(String text, Origin origin, Sink sink) {
    List<Token> tokens =
        McTokens.of(
            text,
            word -> McWords.callable(word) || definitions.containsKey(word),
            (token, message) -> collector.error(origin.place(token), message));
    McParser parser = new McParser(new CommonTokenStream(new ListTokenSource(tokens)));
    parser.removeErrorListeners();
    parser.setBuildParseTree(true);
    for (McParser.ElementContext element : parser.file().element()) {
      node(element, origin, sink);
    }
  }

  private void node(ParseTree node, Origin origin, Sink sink) {
    if (node instanceof TerminalNode leaf) {
      leaf(leaf.getSymbol(), origin, sink);
    } else if (node instanceof McParser.QuotedContext quoted) {
      quoted(quoted, origin, sink);
    } else if (node instanceof McParser.NameContext name) {
      name(name.NAME().getSymbol(), origin, sink);
    } else if (node instanceof McParser.CallContext call) {
      call(call, origin, sink);
    } else {
      for (int i = 0; i < node.getChildCount(); i++) {
        node(node.getChild(i), origin, sink);
      }
    }
  }

  private void leaf(Token token, Origin origin, Sink sink) {
    switch (token.getType()) {
      case McLexer.DNL -> {} // swallowed, line end and all
      case McLexer.NEWLINE -> text("\n", origin.place(token), sink);
      default -> text(token.getText(), origin.place(token), sink);
    }
  }

  /** The text between the outer quotes; the inner ones stay. */
  private void quoted(McParser.QuotedContext quoted, Origin origin, Sink sink) {
    for (int i = 1; i < quoted.getChildCount() - 1; i++) {
      verbatim(quoted.getChild(i), origin, sink);
    }
  }

  private void verbatim(ParseTree node, Origin origin, Sink sink) {
    if (node instanceof TerminalNode leaf) {
      Token token = leaf.getSymbol();
      String text = token.getText().replace("\r\n", "\n");
      if (text.isEmpty()) {
        return; // an UNQUOTE that was missing; it stands nowhere
      }
      McPlace place = origin.place(token);
      int line = place.line();
      for (int from = 0, to; from < text.length(); from = to) {
        to = text.indexOf('\n', from) + 1;
        to = to == 0 ? text.length() : to;
        text(
            text.substring(from, to),
            new McPlace(place.file(), line, place.column(), place.length()),
            sink);
        line += origin.expanded() == null ? 1 : 0;
      }
    } else {
      for (int i = 0; i < node.getChildCount(); i++) {
        verbatim(node.getChild(i), origin, sink);
      }
    }
  }

  private void text(String text, McPlace place, Sink sink) {
    output += text.length();
    if (output > MAX_OUTPUT) {
      throw new TooMuch(place, "the file expands to more than " + MAX_OUTPUT + " characters");
    }
    sink.text(text, place);
  }

  private void name(Token token, Origin origin, Sink sink) {
    String name = token.getText();
    McPlace place = origin.place(token);
    McBlock.Kind block = McWords.block(name);
    if (definitions.containsKey(name)) {
      text(call(name, List.of(), place), place, sink);
    } else if (atEnd) {
      text(name, place, sink);
    } else if (block != null) {
      collector.open(block, place);
    } else if (name.equals("divert")) {
      collector.divert("0", place);
    } else {
      text(name, place, sink);
    }
  }

  private void call(McParser.CallContext call, Origin origin, Sink sink) {
    String word = call.CALL().getText();
    McPlace place = origin.place(call.CALL().getSymbol());
    McBlock.Kind block = McWords.block(word);
    if (definitions.containsKey(word)) {
      text(call(word, arguments(call, origin), place), place, sink);
    } else if (McWords.M4.contains(word) && !(atEnd && McWords.M4_EFFECTS.contains(word))) {
      builtin(word, arguments(call, origin), place, sink);
    } else if (McWords.M4_REFUSED.contains(word) && !atEnd) {
      collector.error(place, "m4's " + word + " is not understood here");
    } else if (McWords.CALLS.contains(word) && !atEnd) {
      List<String> arguments =
          arguments(call, origin).stream().map(argument -> rescan(argument, place)).toList();
      collector.call(new McCall(word, arguments, place));
    } else if (block != null && !atEnd) {
      collector.open(block, place);
    } else { // just text: the brackets meant nothing
      text(word, place, sink);
      for (int i = 1; i < call.getChildCount(); i++) {
        node(call.getChild(i), origin, sink);
      }
    }
  }

  /** Blanks and line ends in front of an argument are not part of it. */
  private List<String> arguments(McParser.CallContext call, Origin origin) {
    List<String> values = new ArrayList<>();
    for (McParser.ArgumentContext argument : call.argument()) {
      StringBuilder value = new StringBuilder();
      boolean leading = true;
      for (McParser.PartContext part : argument.part()) {
        leading = leading && isBlank(part);
        if (!leading) {
          node(part, origin, (text, place) -> value.append(text));
        }
      }
      values.add(value.toString());
    }
    return values;
  }

  private static boolean isBlank(McParser.PartContext part) {
    return part.DNL() != null
        || (part.text != null
            && (part.text.getType() == McLexer.BLANK || part.text.getType() == McLexer.NEWLINE));
  }

  private void builtin(String word, List<String> arguments, McPlace place, Sink sink) {
    String first = arguments.get(0);
    switch (word) {
      case "define" -> define(first, arguments.size() > 1 ? arguments.get(1) : "", place);
      case "undefine" -> arguments.forEach(definitions::remove);
      case "ifdef" ->
          choose(arguments, definitions.containsKey(first) || McWords.callable(first), place, sink);
      case "ifelse" -> ifelse(arguments, place, sink);
      case "include" -> include(first, true, place, sink);
      case "sinclude" -> include(first, false, place, sink);
      case "divert" -> collector.divert(first.strip(), place);
      case "errprint" -> collector.warning(place, first.strip());
      default -> throw new IllegalStateException("builtin of a kind unknown here: " + word);
    }
  }

  private void define(String name, String body, McPlace place) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      collector.error(place, "define needs a name, not '" + name + "'");
      return;
    }
    definitions.remove(name); // so that the order is that of the last define
    definitions.put(name, new Definition(body, place));
  }

  private void choose(List<String> arguments, boolean condition, McPlace place, Sink sink) {
    int index = condition ? 1 : 2;
    if (index < arguments.size()) {
      rescan(arguments.get(index), place, sink);
    }
  }

  private void ifelse(List<String> arguments, McPlace place, Sink sink) {
    int i = 0;
    while (i + 2 < arguments.size()) {
      if (arguments.get(i).equals(arguments.get(i + 1))) {
        rescan(arguments.get(i + 2), place, sink);
        return;
      }
      i += 3;
    }
    if (i > 0 && i < arguments.size()) {
      rescan(arguments.get(i), place, sink);
    }
  }

  private void include(String name, boolean required, McPlace place, Sink sink) {
    if (name.endsWith("m4/cf.m4")) {
      return; // sendmail's own library; the stock rule sets stand in for it
    }
    String text;
    try {
      text = includes.read(name);
    } catch (IOException e) {
      if (required) {
        collector.error(place, "include: " + e.getMessage());
      }
      return;
    }
    deeper(place);
    walk(text, new Origin(name, null), sink);
    depth--;
  }

  /** What a defined name expands to: its body with {@code $1} and kin filled in, scanned again. */
  private String call(String name, List<String> arguments, McPlace place) {
    if (++expansions > MAX_EXPANSIONS) {
      throw new TooMuch(place, "more than " + MAX_EXPANSIONS + " definitions to expand");
    }
    Definition definition = definitions.get(name);
    return definition == null
        ? name
        : rescan(McParameters.fill(definition.body(), name, arguments), place);
  }

  private String rescan(String text, McPlace place) {
    StringBuilder result = new StringBuilder();
    rescan(text, place, (piece, at) -> result.append(piece));
    return result.toString();
  }

  private void rescan(String text, McPlace place, Sink sink) {
    deeper(place);
    walk(text, new Origin(place.file(), place), sink);
    depth--;
  }

  private void deeper(McPlace place) {
    if (++depth > MAX_DEPTH) {
      throw new TooMuch(
          place, "definitions or includes nest more than " + MAX_DEPTH + " levels deep");
    }
  }
}
