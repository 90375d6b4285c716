package postern.rule;

import postern.text.Meta;
import postern.text.Symbols;
import postern.text.TokenText;

/** The compiled code of rule sets as text, for {@code explain --listing} and golden files. */
public final class Listing {
  private final Program program;
  private final StringBuilder out = new StringBuilder();

  private Listing(Program program) {
    this.program = program;
  }

  /**
   * One rule set: a line for each rule with its place and what it needs of a workspace, then the
   * steps of both sides.
   */
  public static String of(Program program, RuleSet set) {
    Listing listing = new Listing(program);
    listing.set(set);
    return listing.out.toString();
  }

  private void set(RuleSet set) {
    out.append(set.name()).append(" (").append(set.number()).append("), ");
    out.append(set.rules().size()).append(set.rules().size() == 1 ? " rule\n" : " rules\n");
    int number = 0;
    for (Rule rule : set.rules()) {
      out.append("  ").append(++number).append("  ").append(rule.file()).append(':');
      out.append(rule.span()).append("  needs ").append(rule.minTokens);
      out.append(rule.fixedLength ? " tokens" : " or more tokens");
      needs(rule);
      out.append("\n      match ");
      for (int i = 0; i < rule.op.length; i++) {
        out.append(i == 0 ? "" : ", ").append(step(rule, i));
      }
      if (rule.op.length == 0) {
        out.append("NOTHING");
      }
      out.append("\n      write ");
      for (int i = rule.body; i < rule.rhs.length; i++) {
        out.append(i == rule.body ? "" : ", ").append(write(rule.rhs[i]));
      }
      if (rule.body == rule.rhs.length) {
        out.append("NOTHING");
      }
      out.append("\n      then ").append(rule.after).append('\n');
    }
  }

  private void needs(Rule rule) {
    if (rule.firstLiteral != Symbols.NONE) {
      out.append(", first ").append(text(rule.firstLiteral));
    }
    if (rule.lastLiteral != Symbols.NONE) {
      out.append(", last ").append(text(rule.lastLiteral));
    }
  }

  private String step(Rule rule, int i) {
    String name = rule.operand[i] == 0 ? "" : program.names().display(rule.operand[i]);
    return switch (rule.op[i]) {
      case Rule.ANY0 -> "ZERO_OR_MORE";
      case Rule.ANY1 -> "ONE_OR_MORE";
      case Rule.ONE -> "ONE";
      case Rule.CLASS -> "IN_CLASS " + name;
      case Rule.NOT_CLASS -> "NOT_IN_CLASS " + name;
      case Rule.ZERO -> "ZERO";
      case Rule.MACRO -> "MACRO " + name;
      default -> "LITERAL " + text(rule.operand[i]);
    };
  }

  private String write(int token) {
    return switch (program.symbols().first(token)) {
      case Meta.REPL -> "COPY " + text(token).substring(1);
      case Meta.DEXPAND -> "MACRO " + text(token).substring(2);
      case Meta.LOOKUP, Meta.HOST_BEGIN -> "LOOKUP";
      case Meta.LOOKUP_END, Meta.HOST_END -> "LOOKUP_END";
      case Meta.CALL -> "CALL";
      case Meta.HOST -> "ARGUMENT_OR_HOST";
      case Meta.USER -> "DEFAULT_OR_USER";
      case Meta.NET -> "MAILER";
      default -> "PUT " + text(token);
    };
  }

  private String text(int token) {
    StringBuilder text = new StringBuilder();
    TokenText.print(program.symbols().text(token), program.names(), text);
    return text.toString();
  }
}
