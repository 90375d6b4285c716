package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
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
import postern.offline.Words;
import postern.offline.log.LogInput;
import postern.offline.log.LogReader;
import postern.offline.replay.Judge;
import postern.offline.replay.Kind;
import postern.offline.replay.Ruling;
import postern.offline.session.RecordedSession;
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
        postern explain [-C FILE] [--hook HOOK] FILE...             sessions of records or of logs
        postern explain [-C FILE] --queue-id ID LOG...              those of one message
        postern explain [-C FILE] --listing [RULESET...]            the compiled code of rule sets

        --hook HOOK      %s
                         Without it: all of a session in order, up to the first refusal
        --access FILE    the access map to use ({AccessFile})
        --cert FILE      take the names of this PEM certificate
        --queue-id ID    of the logs' sessions only those of this message, in and out
        --zone ZONE      where the logs' time stamps without one come from (Europe/Berlin, UTC)
        --trace          show each rule tried, what its operators stood for, and each look-up
        --html FILE      a page with the answer and the workspace as each rule rewrites it
        --record         print the session record that the facts make, and nothing else
        --json           the answer for programs

      A FILE is a session record (docs/session-record.md) or a log that postern replay can read;
      - is standard input: grep ID mail.log | postern explain -

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
  private final Judge judge;

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
    judge = new Judge(configuration);
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
    String queueId = flags.value("queue-id");
    ZoneId zone = ReplayCommand.zone("explain", flags.value("zone"));
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
    if (queueId != null && files.isEmpty()) {
      throw new UsageException("explain: --queue-id wants the logs that tell of the message");
    }
    if (files.isEmpty() == facts.isEmpty()) {
      throw new UsageException(
          files.isEmpty()
              ? "explain wants facts (--client-name ...), a record or a log; see postern explain --help"
              : "explain takes facts or files, not both");
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
    return command.files(files, queueId, zone);
  }

  static String help() {
    List<String> hooks = new ArrayList<>();
    for (Hook each : Hook.values()) {
      hooks.add(each.text());
    }
    StringBuilder facts = new StringBuilder();
    Facts.names().forEach((name, words) -> facts.append("  --%-20s %s%n".formatted(name, words)));
    String wrapped = Words.wrap(String.join(" ", hooks), 75, "                   ");
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

  /** Explains the sessions in files one after the other; the worst exit code of all. */
  private int files(List<String> files, @Nullable String queueId, ZoneId zone)
      throws UsageException, IOException {
    int[] told = {0, ExitStatus.OK};
    List<IOException> failed = new ArrayList<>(0);
    LogReader reader =
        new LogReader(
            zone,
            session -> {
              if (failed.isEmpty()
                  && (queueId == null || session.facts().message().id().equals(queueId))) {
                try {
                  if (told[0]++ > 0 && !json) {
                    out.println("\n" + "-".repeat(60) + "\n");
                  }
                  told[1] = Math.max(told[1], one(session));
                } catch (IOException e) {
                  failed.add(e);
                }
              }
            },
            () -> !failed.isEmpty());
    try {
      for (LogInput input : LogInput.of(files, Instant.now())) {
        reader.read(input);
      }
    } catch (NoSuchFileException e) {
      throw new UsageException("explain: no file " + e.getFile());
    } catch (RecordException e) {
      System.err.println("postern: " + e.getMessage());
      return ExitStatus.DATA_ERROR;
    }
    reader.finish();
    if (!failed.isEmpty()) {
      throw failed.get(0);
    }
    if (told[0] == 0) {
      String where = String.join(" ", files);
      throw new UsageException(
          queueId == null
              ? "explain: no session in " + where
              : "explain: no session of %s among the %,d in %s"
                  .formatted(queueId, reader.counts().sessions(), where));
    }
    return told[1];
  }

  private int one(RecordedSession session) throws IOException {
    SessionRecord record = session.facts();
    if (!json && record.time() != null) {
      String id = record.message().id();
      out.println(
          Ink.DIM.on(
              "%s:%d%s, %s"
                  .formatted(
                      session.source(),
                      session.line(),
                      id.isEmpty() ? "" : " " + id,
                      record.time())));
    }
    int status = one(record);
    if (!json && !record.unknown().isEmpty()) {
      unknown(record);
    }
    return status;
  }

  /** What the log left open, and whether it matters. */
  private void unknown(SessionRecord record) {
    Ruling ruling = hook == null ? judge.judge(record) : judge.ask(hook, record);
    List<String> names = new ArrayList<>();
    record.unknown().forEach(fact -> names.add(fact.path()));
    String open = "The log does not tell: " + String.join(", ", names) + ". ";
    String effect =
        ruling.kind() == Kind.DEPENDS
            ? "The answer depends on that: " + ruling.words() + "."
            : "The answer does not depend on that.";
    out.println("\n" + Words.wrap(open + effect, Words.WIDTH, ""));
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
