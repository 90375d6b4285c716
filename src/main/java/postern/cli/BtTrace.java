package postern.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postern.map.AliasNames;
import postern.map.Answer;
import postern.map.MapEntry;
import postern.map.Query;
import postern.policy.AddressSyntax;
import postern.policy.ErrorText;
import postern.policy.Resolver;
import postern.rule.Machine;
import postern.rule.Rule;
import postern.rule.RuleSet;
import postern.rule.Trace;
import postern.text.Bytes;
import postern.text.Expander;
import postern.text.MacroNames;
import postern.text.Prescan;
import postern.text.TokenText;

/** Writes evaluations the way address test mode shows them. */
final class BtTrace implements Trace, Resolver.Witness {
  private static final String PAD = "                ";

  private final Consumer<CharSequence> out;
  private final MacroNames names;
  private final DebugFlags debug;
  private final ExitStatus exit;
  private final StringBuilder line = new StringBuilder();
  private final ShownTokens shown;
  private final AnswerLines answers;
  private String address = "";
  private String place = "";
  private AliasNames aliases = AliasNames.PLAIN;

  /** What the flags show besides the rules. */
  final DebugLines lines;

  BtTrace(Consumer<CharSequence> out, MacroNames names, DebugFlags debug, ExitStatus exit) {
    this.out = out;
    this.names = names;
    shown = new ShownTokens(names);
    this.debug = debug;
    this.exit = exit;
    lines = new DebugLines(out, names, debug);
    answers = new AnswerLines(out, debug);
  }

  @Override
  public void step(Resolver.Step step) {
    lines.step(step);
  }

  @Override
  public Expander.Watcher expansion() {
    return lines;
  }

  /** From now on {@code reader} reads alias files. */
  void aliases(AliasNames reader) {
    aliases = reader;
  }

  @Override
  public AliasNames aliasNames() {
    return aliases;
  }

  @Override
  public Query.@Nullable Witness answers() {
    return debug.on(9, 1) || debug.on(39, 1) ? answers : null;
  }

  /** Rule sets run for a line of a file: what goes in front of their faults; empty for none. */
  void reading(String file) {
    place = file;
  }

  /** The address that messages with some codes show in front; empty for none. */
  void address(String current) {
    address = current;
  }

  @Override
  public Detail detail() {
    if (debug.on(21, 35)) {
      return Detail.STEPS;
    }
    return debug.on(21, 2) ? Detail.RULES : Detail.SETS;
  }

  /** Whether a change of flags asks for a machine that looks closer. */
  static boolean fits(Detail detail, DebugFlags debug) {
    Detail wanted = debug.on(21, 35) ? Detail.STEPS : debug.on(21, 2) ? Detail.RULES : Detail.SETS;
    return wanted == detail;
  }

  @Override
  public boolean watches() {
    return debug.on(22, 1);
  }

  @Override
  public void scanning(String text) {
    if (debug.on(22, 11)) {
      begin().append("prescan: ");
      show(text);
      end();
    }
  }

  @Override
  public void token(String text) {
    if (debug.on(22, 36)) {
      begin().append("tok=");
      show(text);
      end();
    }
  }

  @Override
  public void scanned(@Nullable Prescan tokens) {
    if (debug.on(22, 12)) {
      if (tokens == null) {
        begin().append("prescan: ==> NULL");
      } else {
        begin().append("prescan==>");
        for (int i = 0; i < tokens.count(); i++) {
          line.append(' ');
          show(tokens.shown(i));
        }
      }
      end();
    }
    if (debug.on(22, 1) && tokens != null && tokens.count() == 0) {
      begin().append("prescan: null leading token");
      end();
    }
  }

  private void show(String text) {
    TokenText.print(text, names, debug.style(), line);
  }

  private StringBuilder begin() {
    line.setLength(0);
    return line;
  }

  private void end() {
    line.append('\n');
    out.accept(line);
  }

  private void tokens(Machine machine, int[] tokens, int from, int to) {
    boolean plain = debug.style() == TokenText.Style.PLAIN;
    for (int i = from; i < to; i++) {
      if (plain) {
        shown.append(machine.symbols(), tokens[i], line);
      } else {
        line.append(' ');
        show(machine.symbols().text(tokens[i]));
      }
    }
  }

  @Override
  public void fault(String message, String cause) {
    exit.fault(!cause.isEmpty());
    begin().append(place).append(cleared(message));
    if (!cause.isEmpty()) {
      line.append(": ").append(cause);
    }
    end();
  }

  @Override
  public void notice(String message) {
    begin().append(cleared(message));
    end();
  }

  @Override
  public void problem(int code, String message, String text) {
    begin();
    String shown = text.isEmpty() ? address : text;
    if (ErrorText.showsAddress(code) && !shown.isEmpty()) {
      line.append(cleared(Prescan.shortened(shown))).append("... ");
    }
    line.append(cleared(message));
    end();
  }

  @Override
  public void faulty(AddressSyntax.Fault fault) {
    if (fault.eightBit()) {
      exit.set(ExitStatus.USAGE);
    }
    problem(fault.code(), fault.message(), address.isEmpty() ? "" : fault.text());
  }

  @Override
  public void refused(ErrorText error) {
    if (error.fault()) {
      fault(error.text(), "");
    } else {
      exit.set(error.exitStatus());
      problem(error.code(), error.text(), address);
    }
  }

  @Override
  public void tooDeep(String message) {
    fault(message, "");
  }

  @Override
  public void later() {
    problem(50, "Transient parse error -- message queued for future delivery", address);
  }

  static String cleared(String text) {
    StringBuilder cleared = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      cleared.append((char) (text.charAt(i) & 0x7f));
    }
    return cleared.toString();
  }

  private void title(String name) {
    begin();
    if (name.length() >= 16) {
      line.append(name, 0, 16);
    } else {
      line.append(name).append(PAD, name.length(), 16);
    }
  }

  @Override
  public void enter(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    title(set.shownName());
    line.append("   input:");
    tokens(machine, tokens, from, to);
    end();
  }

  @Override
  public void leave(RuleSet set, Machine machine, int[] tokens, int from, int to) {
    title(set.shownName());
    line.append(" returns:");
    tokens(machine, tokens, from, to);
    end();
  }

  @Override
  public void trying(Rule rule, Machine machine) {
    if (!debug.on(21, 12)) {
      return;
    }
    begin();
    if (debug.on(21, 15)) {
      line.append("-----trying rule (line ").append(rule.line()).append("):");
    } else {
      line.append("-----trying rule:");
    }
    side(machine, rule.lhs());
    end();
  }

  private void side(Machine machine, int[] tokens) {
    tokens(machine, tokens, 0, tokens.length);
  }

  @Override
  public void fails(Rule rule) {
    if (debug.on(21, 10)) {
      begin().append("----- rule fails");
      end();
    }
  }

  @Override
  public void matches(Rule rule, Machine machine) {
    if (debug.on(21, 12)) {
      begin().append("-----rule matches:");
      side(machine, machine.rhs(rule));
      end();
    }
  }

  @Override
  public void parameter(int number, Machine machine, int[] tokens, int from, int to) {
    if (!debug.on(21, 15)) {
      return;
    }
    begin().append('$').append(number).append(':');
    for (int i = from; i < to; i++) {
      line.append(" 0x00000000=\"").append(machine.symbols().text(tokens[i])).append('"');
    }
    end();
  }

  @Override
  public void rewrote(Rule rule, Machine machine, int[] tokens, int from, int to) {
    if (debug.on(21, 4)) {
      begin().append("rewritten as:");
      tokens(machine, tokens, from, to);
      end();
    }
  }

  @Override
  public void macro(boolean lhs, int id, @Nullable String value) {
    if (!debug.on(21, 2)) {
      return;
    }
    begin().append("rewrite: ").append(lhs ? "LHS" : "RHS").append(" $&{");
    line.append(names.longName(id));
    line.append("} => \"").append(value == null ? "(NULL)" : value).append('"');
    end();
  }

  @Override
  public void macroToken(@Nullable String token) {
    if (debug.on(21, 19)) {
      begin().append(" ... ").append(token == null ? "DONE" : token);
      end();
    }
  }

  @Override
  public void skipped(String name, int number) {
    if (debug.on(21, 3)) {
      begin().append("-----skip subr ").append(name).append(" (").append(number).append(')');
      end();
    }
  }

  @Override
  public void lookingUp(MapEntry map, Query query) {
    if (debug.on(60, 1)) {
      question(map, query);
    }
    if (map.className().equalsIgnoreCase("macro") && !query.key().isEmpty()) {
      lines.key(query.key().toString());
    }
  }

  private void question(MapEntry map, Query query) {
    begin().append("map_lookup(").append(map.name()).append(", ");
    show(query.key().toString());
    if (debug.on(60, 5)) {
      line.append(", %0=").append(query.key());
      for (int i = 1; i <= query.arguments(); i++) {
        line.append(", %").append(i).append('=').append(query.argument(i));
      }
    }
    line.append(") => ");
    out.accept(line);
  }

  @Override
  public void lookedUp(MapEntry map, Query query, Answer answer) {
    if (!debug.on(60, 1)) {
      return;
    }
    begin();
    if (answer.isFound()) {
      line.append(answer.value());
    } else {
      line.append("NOT FOUND");
    }
    line.append(" (").append(answer.status()).append("), ad=0");
    end();
    if (answer.isTemporaryFailure() && map.temporaryFailuresCount()) {
      begin().append("map_lookup(").append(map.name()).append(", ").append(query.key());
      line.append(") tempfail: errno=0");
      end();
    }
  }

  @Override
  public void substituted(Bytes text) {
    if (debug.on(60, 4)) {
      begin().append("map_lookup tempfail: returning \"").append(text).append('"');
      end();
    }
  }

  @Override
  public void step(String what, Machine machine, int pattern, int token) {
    boolean advance = what.startsWith("ADVANCE");
    if (!debug.on(21, advance ? 35 : 36)) {
      return;
    }
    begin().append(what);
    if (!what.equals("CLMATCH")) {
      one(machine, pattern);
      line.append(", ap=");
      one(machine, token);
    }
    end();
  }

  private void one(Machine machine, int symbol) {
    if (symbol < 0) {
      TokenText.printNull(debug.style(), line);
    } else {
      show(machine.symbols().text(symbol));
    }
  }

  @Override
  public void looping(Machine machine, int[] tokens, int from, int to) {
    if (debug.on(21, 1)) {
      begin().append("workspace: ");
      tokens(machine, tokens, from, to);
      end();
    }
  }
}
