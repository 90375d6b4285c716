package postern.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.DecisionJson;
import postern.offline.Explanation;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.PictureTrace;
import postern.offline.RecordException;
import postern.offline.RecordJson;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.StepTrace;
import postern.offline.TracePage;
import postern.offline.WhatIf;
import postern.rule.Listing;
import postern.rule.Program;

/**
 * {@code postern explain}: one decision in words, from facts of the command line or from recorded
 * sessions; with {@code --listing} the compiled code of rule sets.
 */
final class ExplainCommand {
  static final String HELP =
      """
      postern explain: what the policy answers, and why

        postern explain [-C FILE] [--hook HOOK] [--FACT VALUE]...   a session of these facts
        postern explain [-C FILE] [--hook HOOK] RECORD.json         recorded sessions (- for stdin)
        postern explain [-C FILE] --listing [RULESET...]            the compiled code of rule sets

        --hook HOOK      %s
                         Without it: all of a session in order, up to the first refusal
        --access FILE    the access map to use ({AccessFile})
        --cert FILE      take the names of this PEM certificate
        --trace          show each rule tried, what its operators stood for, and each look-up
        --html FILE      a page with the answer and the workspace as each rule rewrites it
        --record         print the session record that the facts make, and nothing else
        --json           the answer for programs

      Facts:
      %s
      Exit codes: 0 accepted, 1 refused, 64 and above as everywhere.
      """;

  private final Configuration configuration;
  private final boolean json;
  private final boolean trace;
  private final @Nullable Hook hook;
  private final @Nullable String html;
  private final PrintStream out;

  private ExplainCommand(
      Configuration configuration,
      boolean json,
      boolean trace,
      @Nullable Hook hook,
      @Nullable String html,
      PrintStream out) {
    this.configuration = configuration;
    this.json = json;
    this.trace = trace;
    this.hook = hook;
    this.html = html;
    this.out = out;
  }

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("explain", switches.rest());
    if (flags.has("help")) {
      out.print(help());
      return ExitStatus.OK;
    }
    if (flags.has("listing")) {
      return listing(switches, flags.operands(), out);
    }
    boolean json = flags.has("json");
    boolean trace = flags.has("trace");
    boolean record = flags.has("record");
    String html = flags.value("html");
    String access = flags.value("access");
    String cert = flags.value("cert");
    Hook hook = hook(flags.value("hook"));
    Facts facts = new Facts();
    if (cert != null) {
      CertificateNames.into(facts, Path.of(cert), "");
    }
    try {
      for (String[] pair : flags.pairs(Facts.names().keySet())) {
        facts.set(pair[0], pair[1]);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException("explain: " + e.getMessage());
    }
    List<String> files = flags.operands();
    if (files.isEmpty() == facts.isEmpty()) {
      throw new UsageException(
          files.isEmpty()
              ? "explain wants facts (--client-name ...) or a record; see postern explain --help"
              : "explain takes facts or records, not both");
    }
    if (record) {
      StringWriter text = new StringWriter();
      RecordJson.write(facts.record(role(facts, hook)), text);
      out.print(text);
      return ExitStatus.OK;
    }
    Configuration configuration = switches.compile(List.of(), accessMacro(access));
    if (CheckCommand.print(configuration, System.err) > 0) {
      return ExitStatus.CONFIGURATION;
    }
    ExplainCommand command = new ExplainCommand(configuration, json, trace, hook, html, out);
    if (files.isEmpty()) {
      return command.one(facts.record(role(facts, hook)));
    }
    int worst = ExitStatus.OK;
    for (String file : files) {
      worst = Math.max(worst, command.file(file));
    }
    return worst;
  }

  static String help() {
    List<String> hooks = new ArrayList<>();
    for (Hook each : Hook.values()) {
      hooks.add(each.text());
    }
    StringBuilder facts = new StringBuilder();
    Facts.names().forEach((name, words) -> facts.append("  --%-20s %s%n".formatted(name, words)));
    String wrapped = postern.offline.Words.wrap(String.join(" ", hooks), 75, "                   ");
    return HELP.formatted(wrapped, facts);
  }

  /** {@code --access}: the macro that names the access map's file. */
  static List<Compiler.Setting> accessMacro(@Nullable String access) {
    return access == null
        ? List.of()
        : List.of(
            new Compiler.Setting(
                "{AccessFile}", Path.of(access).toAbsolutePath().normalize().toString(), false));
  }

  static @Nullable Hook hook(@Nullable String name) throws UsageException {
    if (name == null) {
      return null;
    }
    Hook hook = Hook.of(name);
    if (hook == null) {
      throw new UsageException("no such hook: " + name + " (see postern explain --help)");
    }
    return hook;
  }

  /** The side that the facts speak of: ours as a server, unless a server is named. */
  private static Role role(Facts facts, @Nullable Hook hook) {
    if (hook != null) {
      return hook.role();
    }
    SessionRecord asClient = facts.record(Role.CLIENT);
    return asClient.peer().name().isEmpty() && asClient.peer().address().isEmpty()
        ? Role.SERVER
        : Role.CLIENT;
  }

  private int file(String file) throws UsageException, IOException {
    int worst = ExitStatus.OK;
    int count = 0;
    try (InputStream in =
            file.equals("-")
                ? System.in
                : new BufferedInputStream(Files.newInputStream(Path.of(file)));
        RecordJson.Reader reader = new RecordJson.Reader(file, in)) {
      SessionRecord record = reader.next();
      while (record != null) {
        if (count++ > 0 && !json) {
          out.println("\n" + "-".repeat(60) + "\n");
        }
        worst = Math.max(worst, one(record));
        record = reader.next();
      }
    } catch (NoSuchFileException e) {
      throw new UsageException("explain: no file " + file);
    } catch (RecordException e) {
      System.err.println("postern: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    }
    if (count == 0) {
      throw new UsageException("explain: no record in " + file);
    }
    return worst;
  }

  private int one(SessionRecord record) throws IOException {
    List<String> steps = new ArrayList<>();
    StepTrace stepTrace = new StepTrace(configuration, steps::add);
    Decider decider = new Decider(configuration);
    List<Decision> decisions =
        hook == null ? decider.session(record) : List.of(decider.decide(record, hook));
    Decision last = decisions.get(decisions.size() - 1);
    List<WhatIf.Turn> turns = new WhatIf(decider).turns(record, last);
    if (trace) {
      new Decider(configuration, stepTrace).decide(record, last.hook(), stepTrace::begin);
      stepTrace.end();
    }
    if (html != null) {
      PictureTrace picture = new PictureTrace(configuration);
      new Decider(configuration, picture).decide(record, last.hook(), picture::begin);
      Files.writeString(Path.of(html), TracePage.of(record, decisions, turns, picture.steps()));
    }
    if (json) {
      StringWriter text = new StringWriter();
      DecisionJson.write(record, decisions, turns, steps, text);
      out.print(text);
    } else {
      for (Decision earlier : decisions.subList(0, decisions.size() - 1)) {
        out.println(Ink.DIM.on("%s: %s".formatted(earlier.hook().text(), earlier.answer())));
      }
      String text = new Explanation(record, last, turns).text();
      int end = text.indexOf('\n');
      Ink ink = last.refuses() ? Ink.RED : Ink.GREEN;
      out.print(ink.on(text.substring(0, end)) + text.substring(end));
      if (trace) {
        out.println();
        steps.forEach(out::println);
      }
    }
    return last.refuses() ? 1 : ExitStatus.OK;
  }

  private static int listing(SendmailSwitches switches, List<String> names, PrintStream out)
      throws UsageException {
    Configuration configuration = switches.compile(false);
    int errors = CheckCommand.print(configuration, System.err);
    Program program = configuration.program();
    List<String> sets = new ArrayList<>(names);
    if (sets.isEmpty()) {
      sets.addAll(program.ruleSetNames().keySet());
    }
    for (String name : sets) {
      int number = program.resolve(name);
      if (number < 0) {
        System.err.println("postern: no rule set " + name);
        return ExitStatus.USAGE;
      }
      out.print(Listing.of(program, program.ruleSet(number)));
    }
    return errors == 0 ? ExitStatus.OK : ExitStatus.CONFIGURATION;
  }
}
