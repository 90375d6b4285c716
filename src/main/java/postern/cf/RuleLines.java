package postern.cf;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import postern.rule.Program;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.source.Diagnostic.Code;
import postern.source.Span;
import postern.text.MacroNames;
import postern.text.Meta;
import postern.text.Prescan;
import postern.text.TokenTables;

/** {@code S} and {@code R} lines. */
final class RuleLines {
  private static final int MAX_FUZZY = 9;
  private static final int MAX_ARGUMENTS = 10;

  private final Compiler in;
  private final Prescan prescan;
  private final Prescan.Reporter reporter;
  private @Nullable TokenTables tables;
  private @Nullable RuleSet current;
  private int last;

  RuleLines(Compiler in) {
    this.in = in;
    prescan = new Prescan(in.symbols);
    reporter =
        new Scans(
            in.watcher,
            (message, text) ->
                in.error(
                    Code.BAD_TEXT, Compiler.shown(Prescan.shortened(text) + "... " + message)));
  }

  /** Collects what is wrong with the sides of rules, and lets the watcher see them split. */
  private record Scans(Compiler.Watcher watcher, BiConsumer<String, String> problems)
      implements Prescan.Reporter {
    @Override
    public void problem(int code, String message, String text) {
      problems.accept(message, text);
    }

    @Override
    public boolean watches() {
      return watcher.watches();
    }

    @Override
    public void scanning(String text) {
      watcher.scanning(text);
    }

    @Override
    public void token(String text) {
      watcher.token(text);
    }

    @Override
    public void scanned(@Nullable Prescan tokens) {
      watcher.scanned(tokens);
    }
  }

  /** The token tables, fixed at their first use. */
  TokenTables tables() {
    TokenTables fixed = tables;
    if (fixed == null) {
      fixed = in.tables();
      tables = fixed;
      in.program.tables(fixed);
    }
    return fixed;
  }

  /** Whether rules have been read already, so that operator characters are settled. */
  boolean settled() {
    return tables != null;
  }

  void finish() {
    tables();
  }

  // ---- S

  void ruleSet(String text, boolean warn) {
    String expanded = in.expand(text);
    int number = enter(expanded);
    current = null;
    if (number < 0) {
      return;
    }
    RuleSet set = in.program.ruleSet(number);
    current = set;
    if (!set.isEmpty() && warn) {
      in.notice(Code.REDEFINED_RULE_SET, "WARNING: Ruleset " + text + " has multiple definitions");
    }
  }

  /** The number behind a name or number, given out if it is new; -1 after a fault. */
  int enter(String text) {
    int start = skipSpace(text, 0);
    last = text.length();
    if (isDigit(text, start)) {
      last = digitsEnd(text, start);
      int number = Program.toInt(text.substring(start, last));
      if (number >= Program.NUMBERED || number < 0) {
        in.error(Code.BAD_RULE_SET, "bad ruleset " + number + " (" + Program.NUMBERED + " max)");
        return -1;
      }
      return number;
    }
    int end = start;
    while (end < text.length() && MacroNames.isNameCharacter(text.charAt(end))) {
      end++;
    }
    if (end == start || !isLetter(text.charAt(start))) {
      String shown = text.substring(start, Math.min(start + 20, text.length()));
      in.error(Code.BAD_RULE_SET, "invalid ruleset name: \"" + Compiler.shown(shown) + "\"");
      return -1;
    }
    String name = text.substring(start, end);
    last = skipSpace(text, end);
    // What follows a name is shown with it, unless a blank comes first.
    String shown = last == end ? text.substring(start) : name;
    return last < text.length() && text.charAt(last) == '='
        ? bind(name, shown, text, skipSpace(text, last + 1))
        : named(name, last < text.length() ? upTo(name, text.charAt(last)) : name);
  }

  /** {@code name=number}. */
  private int bind(String name, String shown, String text, int at) {
    int known = in.program.mention(name);
    if (!isDigit(text, at)) {
      in.error(
          Code.BAD_RULE_SET,
          "bad ruleset definition \"" + Compiler.shown(shown) + "\" (number required after `=')");
      return -1;
    }
    last = digitsEnd(text, at);
    int number = Program.toInt(text.substring(at, last));
    if (number >= Program.NUMBERED || number < 0) {
      in.error(
          Code.BAD_RULE_SET,
          "bad ruleset number "
              + number
              + " in \""
              + Compiler.shown(shown)
              + "\" ("
              + Program.NUMBERED
              + " max)");
      return -1;
    }
    if (known >= 0 && known != number) {
      in.error(
          Code.BAD_RULE_SET,
          Compiler.shown(shown)
              + ": ruleset changed value (old "
              + known
              + ", new "
              + number
              + ")");
      number = known;
    }
    in.program.name(name, number, name);
    return number;
  }

  /** A name is shown up to where it has the first character of the comment behind it. */
  private static String upTo(String name, char comment) {
    int at = name.indexOf(comment);
    return at < 0 ? name : name.substring(0, at);
  }

  private int named(String name, String shown) {
    int number = in.program.mention(name);
    if (number < 0) {
      number = in.program.allocate(name);
    }
    if (number < 0) {
      in.error(
          Code.BAD_RULE_SET, name + ": too many named rulesets (" + Program.NUMBERED + " max)");
      return -1;
    }
    in.program.name(name, number, shown);
    return number;
  }

  private static int skipSpace(String text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (isDigit(text, end)) {
      end++;
    }
    return end;
  }

  /** Where the last {@link #enter} stopped reading. */
  int end() {
    return last;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  // ---- R

  void rule(CfText source, String text) {
    RuleSet set = current;
    if (set == null) {
      in.error(Code.BAD_RULE, "missing valid ruleset for \"R" + Compiler.shown(text) + "\"");
      return;
    }
    int tab = text.indexOf('\t');
    if (tab < 0) {
      in.errorAt(
          Code.BAD_RULE,
          0,
          text.length(),
          "invalid rewrite line \"R" + Compiler.shown(text) + "\" (tab expected)");
      return;
    }
    int right = tab;
    while (right < text.length() && text.charAt(right) == '\t') {
      right++;
    }
    int note = text.indexOf('\t', right);
    int end = note < 0 ? text.length() : note;

    int[] lhs = tokens(text.substring(0, tab));
    int line = in.recordLine();
    int fuzzy = 0;
    if (lhs.length == 0) {
      in.errorAt(Code.BAD_RULE, 0, Math.max(1, tab), "R line: null LHS");
      line = 0; // sendmail forgets it
    } else {
      fuzzy = checkLeft(lhs, tab);
    }
    if (fuzzy > MAX_FUZZY) {
      in.errorAt(Code.BAD_RULE, 0, tab, "R line: too many wildcards");
      lhs = new int[0];
    }

    int[] rhs = tokens(text.substring(right, end));
    if (rhs.length == 0) {
      in.errorAt(Code.BAD_RULE, right, Math.max(right + 1, end), "R line: null RHS");
    }
    checkRight(rhs, fuzzy, right, end);
    Span span = Objects.requireNonNullElse(in.spanOf(source, 0, end), Span.NONE);
    set.add(new Rule(in.symbols, lhs, rhs, in.fileName(), span, line));
  }

  /** Complains about what has no business on the left; returns the number of wildcards. */
  private int checkLeft(int[] lhs, int tab) {
    int fuzzy = 0;
    for (int token : lhs) {
      int kind = in.symbols.first(token);
      switch (kind) {
        case Meta.ANY0, Meta.ANY1, Meta.ONE, Meta.CLASS, Meta.NOT_CLASS -> fuzzy++;
        case Meta.REPL -> misplaced("$1-$9", "LHS", 0, tab);
        case Meta.USER,
            Meta.CALL,
            Meta.IF,
            Meta.FI,
            Meta.HOST_BEGIN,
            Meta.HOST_END,
            Meta.LOOKUP,
            Meta.LOOKUP_END ->
            misplaced("$" + Meta.nameOf(kind), "LHS", 0, tab);
        default -> {}
      }
    }
    return fuzzy;
  }

  private void misplaced(String what, String side, int from, int to) {
    in.errorAt(Code.BAD_RULE, from, to, "Inappropriate use of " + what + " on " + side);
  }

  private void checkRight(int[] rhs, int fuzzy, int from, int to) {
    int closer = 0;
    boolean open = false;
    int arguments = 0;
    for (int i = 0; i < rhs.length; i++) {
      int token = rhs[i];
      int kind = in.symbols.first(token);
      switch (kind) {
        case Meta.REPL -> {
          int digit = in.symbols.length(token) > 1 ? in.symbols.at(token, 1) : 0;
          if (digit <= '0' || digit > '0' + fuzzy) {
            String shown = digit == 0 ? "" : Compiler.shown((char) digit + " out of bounds");
            in.errorAt(Code.BAD_RULE, from, to, "replacement $" + shown);
          }
        }
        case Meta.ANY0, Meta.ANY1, Meta.ONE, Meta.CLASS, Meta.NOT_CLASS ->
            misplaced("$" + Meta.nameOf(kind), "RHS", from, to);
        case Meta.LOOKUP, Meta.HOST_BEGIN -> {
          if (open) {
            in.errorAt(Code.BAD_RULE, from, to, "cannot nest map lookups");
          }
          closer = kind == Meta.LOOKUP ? Meta.LOOKUP_END : Meta.HOST_END;
          if (kind == Meta.HOST_BEGIN || mayNameHost(rhs, i + 1)) {
            in.maps.hostIsAsked();
          }
          open = true;
          arguments = 0;
        }
        case Meta.HOST -> {
          if (open && ++arguments >= MAX_ARGUMENTS) {
            in.errorAt(Code.BAD_RULE, from, to, "too many arguments for map lookup");
          }
        }
        case Meta.LOOKUP_END, Meta.HOST_END -> {
          if (kind == closer) {
            open = false;
            closer = 0;
          }
        }
        default -> {}
      }
    }
    if (open) {
      in.errorAt(Code.BAD_RULE, from, to, "missing map closing token");
    }
  }

  /** Whether the map's name at {@code i} is "host", or found out when the rule is used. */
  private boolean mayNameHost(int[] rhs, int i) {
    if (i >= rhs.length) {
      return false;
    }
    int first = in.symbols.first(rhs[i]);
    return first == Meta.REPL
        || first == Meta.DEXPAND
        || in.symbols.text(rhs[i]).equalsIgnoreCase("host");
  }

  private int[] tokens(String side) {
    String expanded = in.expand(side);
    byte[] bytes = expanded.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    TokenTables current = tables();
    boolean found =
        prescan.scan(
            bytes,
            0,
            bytes.length,
            '\t',
            in.level() >= 9 ? current.rule() : current.internal(),
            true,
            Prescan.RULE_ROOM,
            reporter);
    if (!found) {
      return new int[0];
    }
    int[] tokens = new int[prescan.count()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = prescan.token(i);
    }
    return tokens;
  }
}
