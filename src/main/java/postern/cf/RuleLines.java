package postern.cf;

import java.util.Objects;
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

  private final Compiler in;
  private final Prescan prescan;
  private @Nullable TokenTables tables;
  private @Nullable RuleSet current;
  private int nextNamed = Program.LIMIT;
  private int last;

  RuleLines(Compiler in) {
    this.in = in;
    prescan = new Prescan(in.symbols);
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
      in.warning(Code.REDEFINED_RULE_SET, "WARNING: Ruleset " + text + " has multiple definitions");
    }
  }

  /** The number behind a name or number, given out if it is new; -1 after a fault. */
  int enter(String text) {
    int i = 0;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    String name = text.substring(i);
    last = text.length();
    if (!name.isEmpty() && name.charAt(0) >= '0' && name.charAt(0) <= '9') {
      int end = 0;
      while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
        end++;
      }
      last = i + end;
      long number = Options.atol(name.substring(0, end));
      if (number >= Program.NUMBERED) {
        in.error(Code.BAD_RULE_SET, "bad ruleset " + number + " (" + Program.NUMBERED + " max)");
        return -1;
      }
      return (int) number;
    }
    int end = 0;
    while (end < name.length() && MacroNames.isNameCharacter(name.charAt(end))) {
      end++;
    }
    if (end == 0 || !isLetter(name.charAt(0))) {
      in.error(
          Code.BAD_RULE_SET,
          "invalid ruleset name: \""
              + Compiler.shown(name.substring(0, Math.min(20, name.length())))
              + "\"");
      return -1;
    }
    String key = name.substring(0, end);
    last = i + end;
    int at = end;
    while (at < name.length() && isSpace(name.charAt(at))) {
      at++;
    }
    int known = in.program.number(key);
    if (at < name.length() && name.charAt(at) == '=') {
      at++;
      while (at < name.length() && isSpace(name.charAt(at))) {
        at++;
      }
      if (at >= name.length() || name.charAt(at) < '0' || name.charAt(at) > '9') {
        in.error(
            Code.BAD_RULE_SET,
            "bad ruleset definition \"" + Compiler.shown(name) + "\" (number required after `=')");
        return -1;
      }
      int stop = at;
      while (stop < name.length() && name.charAt(stop) >= '0' && name.charAt(stop) <= '9') {
        stop++;
      }
      last = i + stop;
      long number = Options.atol(name.substring(at, stop));
      if (number >= Program.NUMBERED) {
        in.error(
            Code.BAD_RULE_SET,
            "bad ruleset number "
                + number
                + " in \""
                + Compiler.shown(name)
                + "\" ("
                + Program.NUMBERED
                + " max)");
        return -1;
      }
      if (known >= 0 && known != number) {
        in.error(
            Code.BAD_RULE_SET,
            key + ": ruleset changed value (old " + known + ", new " + number + ")");
        return known;
      }
      in.program.name(key, (int) number);
      return (int) number;
    }
    if (known >= 0) {
      return known;
    }
    if (nextNamed <= Program.NUMBERED) {
      in.error(Code.BAD_RULE_SET, key + ": too many named rulesets (" + Program.NUMBERED + " max)");
      return -1;
    }
    int number = --nextNamed;
    in.program.name(key, number);
    return number;
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

  void rule(CfText line, String text) {
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
    int fuzzy = 0;
    if (lhs.length == 0) {
      in.errorAt(Code.BAD_RULE, 0, Math.max(1, tab), "R line: null LHS");
    } else {
      for (int token : lhs) {
        int kind = in.symbols.first(token);
        String bad = "";
        switch (kind) {
          case Meta.ANY0, Meta.ANY1, Meta.ONE, Meta.CLASS, Meta.NOT_CLASS -> fuzzy++;
          case Meta.REPL,
              Meta.USER,
              Meta.CALL,
              Meta.IF,
              Meta.FI,
              Meta.HOST_BEGIN,
              Meta.HOST_END,
              Meta.LOOKUP,
              Meta.LOOKUP_END ->
              bad = metaName(token, kind);
          default -> {}
        }
        if (!bad.isEmpty()) {
          in.errorAt(Code.BAD_RULE, 0, tab, "Inappropriate use of " + bad + " on LHS");
        }
      }
      if (fuzzy > MAX_FUZZY) {
        in.errorAt(Code.BAD_RULE, 0, tab, "R line: too many wildcards");
        lhs = new int[0];
        fuzzy = 0;
      }
    }

    int[] rhs = tokens(text.substring(right, end));
    if (rhs.length == 0) {
      in.errorAt(Code.BAD_RULE, right, Math.max(right + 1, end), "R line: null RHS");
    }
    check(rhs, fuzzy, right, end);
    Span span = Objects.requireNonNullElse(in.spanOf(line, 0, end), Span.NONE);
    set.add(new Rule(in.symbols, lhs, rhs, in.fileName(), span, in.recordLine()));
  }

  private void check(int[] rhs, int fuzzy, int from, int to) {
    int open = 0;
    int arguments = 0;
    for (int token : rhs) {
      int kind = in.symbols.first(token);
      switch (kind) {
        case Meta.REPL -> {
          int digit = in.symbols.length(token) > 1 ? in.symbols.at(token, 1) : 0;
          if (digit <= '0' || digit > '0' + fuzzy) {
            in.errorAt(
                Code.BAD_RULE,
                from,
                to,
                "replacement $" + (digit == 0 ? "" : (char) digit) + " out of bounds");
          }
        }
        case Meta.ANY0, Meta.ANY1, Meta.ONE, Meta.CLASS, Meta.NOT_CLASS ->
            in.errorAt(
                Code.BAD_RULE,
                from,
                to,
                "Inappropriate use of " + metaName(token, kind) + " on RHS");
        case Meta.LOOKUP, Meta.HOST_BEGIN -> {
          if (open != 0) {
            in.errorAt(Code.BAD_RULE, from, to, "cannot nest map lookups");
          } else {
            open = kind == Meta.LOOKUP ? Meta.LOOKUP_END : Meta.HOST_END;
            arguments = 0;
          }
        }
        case Meta.HOST -> {
          if (open != 0 && ++arguments >= 10) {
            in.errorAt(Code.BAD_RULE, from, to, "too many arguments for map lookup");
          }
        }
        case Meta.LOOKUP_END, Meta.HOST_END -> {
          if (kind == open) {
            open = 0;
          }
        }
        default -> {}
      }
    }
    if (open != 0) {
      in.errorAt(Code.BAD_RULE, from, to, "missing map closing token");
    }
  }

  private String metaName(int token, int kind) {
    if (kind == Meta.REPL) {
      return "$" + (in.symbols.length(token) > 1 ? "1-$9" : "1-$9");
    }
    return "$" + Meta.nameOf(kind);
  }

  private int[] tokens(String side) {
    String expanded = in.expand(side);
    byte[] bytes = expanded.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    boolean found =
        prescan.scan(
            bytes,
            0,
            bytes.length,
            '\t',
            tables().rule(),
            true,
            Prescan.RULE_ROOM,
            (code, message, text) -> in.error(Code.BAD_RULE, message));
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
