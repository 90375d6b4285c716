package postern.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.Place;
import postern.offline.Words;
import postern.offline.diff.Differ;
import postern.offline.diff.Difference;
import postern.offline.diff.DifferenceJson;

/** {@code postern diff}: what a new policy answers differently. */
final class DiffCommand {
  static final String HELP =
      """
      postern diff: where two policies answer differently, each time with a smallest example

        postern diff OLD NEW          two .cf or .mc files
        postern diff --old-access FILE --access FILE [POLICY]
                                      one policy (the stock one), two access maps

        --access FILE      the access map of both policies, or of the new one ({AccessFile})
        --old-access FILE  the access map of the old one
        --hook HOOK        look at this hook only, tls_client say
        --limit N          most sessions to try at one hook (10000)
        --most N           show this many differences (50), the rest is counted
        --json             the result for programs, with sessions that postern explain reads
        -O, -M             as everywhere, for both

      Sessions are made of all values of ${verify} and of the words that either policy knows:
      literals, numbers and run-time macros of rules, members of classes, keys and values of map
      files. All combinations are tried, or beyond the limit each value, pairs and a fixed random
      choice; the report says which. Options, mailers and headers are not compared.
      Ctrl-C shows what was found so far.

      Exit codes: 0 no difference found, 1 differences, 78 a policy has errors, 130 stopped by
      Ctrl-C.
      """;

  private static final long LIMIT = 10_000;
  private static final int MOST = 50;

  private DiffCommand() {}

  static int run(List<String> arguments, PrintStream out) throws UsageException, IOException {
    SendmailSwitches switches = SendmailSwitches.parse(arguments);
    Flags flags = new Flags("diff", switches.rest());
    if (flags.has("help")) {
      out.print(HELP);
      return ExitStatus.OK;
    }
    boolean json = flags.has("json");
    Hook hook = ExplainCommand.hook(flags.value("hook"));
    Set<Hook> hooks = hook == null ? Set.of() : Set.of(hook);
    String newAccess = flags.value("access");
    String oldAccess = flags.value("old-access");
    long limit = number(flags.value("limit"), "limit", LIMIT);
    long most = number(flags.value("most"), "most", MOST);
    List<String> files = new ArrayList<>(flags.operands());
    if (oldAccess != null && newAccess != null && files.size() < 2) {
      String one = files.isEmpty() ? switches.configurationFile() : files.get(0);
      files = List.of(one, one);
    }
    if (files.size() != 2) {
      throw new UsageException("diff takes two policies, the old and the new one");
    }
    Configuration before =
        compile(switches, files.get(0), oldAccess == null ? newAccess : oldAccess);
    Configuration after = compile(switches, files.get(1), newAccess);
    int errors = CheckCommand.print(before, System.err) + CheckCommand.print(after, System.err);
    if (errors > 0) {
      return CheckCommand.failure(before.hasErrors() ? before : after);
    }
    try (Interrupt interrupt = new Interrupt();
        Progress progress = new Progress("sessions")) {
      Differ.Result result =
          new Differ(before, after, hooks, limit, progress::at, interrupt::asked).run();
      progress.clear();
      if (json) {
        StringWriter text = new StringWriter();
        DifferenceJson.write(result, text);
        out.print(text);
      } else {
        text(result, most, out);
      }
      return interrupt.status(result.differences().isEmpty() ? ExitStatus.OK : 1);
    }
  }

  static long number(@Nullable String text, String name, long otherwise) throws UsageException {
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new UsageException("--" + name + " wants a number, not " + text);
    }
    return Long.parseLong(text);
  }

  static Configuration compile(SendmailSwitches switches, String file, @Nullable String access)
      throws UsageException {
    List<String> arguments = new ArrayList<>(List.of("-C", file));
    SendmailSwitches one = SendmailSwitches.parse(arguments);
    List<Compiler.Setting> macros = new ArrayList<>(ExplainCommand.accessMacro(access));
    macros.addAll(switches.macros());
    boolean stock = Path.of(file).toAbsolutePath().equals(Home.rulesets().resolve("postern.cf"));
    if (stock && access == null) {
      macros.addAll(0, Home.stockMacros());
    }
    return one.compile(switches.options(), macros);
  }

  // ---- as text

  private static void text(Differ.Result result, long most, PrintStream out) {
    Difference.@Nullable Kind kind = null;
    int number = 0;
    for (Difference each : result.differences()) {
      if (++number > most) {
        break;
      }
      if (each.kind() != kind) {
        kind = each.kind();
        out.println(heading(kind));
        out.println();
      }
      one(number, each, out);
    }
    int shown = (int) Math.min(most, result.differences().size());
    if (shown < result.differences().size()) {
      out.println(
          "... and %s (--most N shows more)%n"
              .formatted(Words.count(result.differences().size() - shown, "more difference")));
    }
    summary(result, out);
  }

  private static String heading(Difference.Kind kind) {
    return switch (kind) {
      case NEWLY_REFUSED -> Ink.RED.on("Refused by the new policy, accepted by the old one");
      case NO_LONGER_REFUSED -> Ink.GREEN.on("Accepted by the new policy, refused by the old one");
      case OTHER_ANSWER -> Ink.YELLOW.on("Another answer");
    };
  }

  private static void one(int number, Difference each, PrintStream out) {
    StringBuilder facts = new StringBuilder("--hook ").append(each.hook().text());
    for (Map.Entry<String, String> fact : new TreeMap<>(each.facts()).entrySet()) {
      facts.append(" --").append(fact.getKey()).append(' ').append(quoted(fact.getValue()));
    }
    out.println(
        "%3d  %s   (%s)"
            .formatted(
                number, each.hook().text(), Words.count(each.cases(), "session") + " tried"));
    out.println("     " + Words.wrap(facts.toString(), Words.WIDTH - 5, "         "));
    side("old", each.before(), out);
    side("new", each.after(), out);
    out.println();
  }

  private static void side(String name, Decision decision, PrintStream out) {
    out.println("     " + name + "  " + decision.answer());
    Place rule = decision.rule();
    if (rule != null) {
      out.println("          %s  %s".formatted(rule, Words.cut(rule.source(), 70)));
    }
    Decision.Found entry = decision.entry();
    if (entry != null) {
      String place = entry.line() == null ? entry.map() : entry.line().place();
      out.println("          %s  %s %s".formatted(place, entry.key(), entry.value()));
    }
  }

  private static String quoted(String value) {
    return value.matches("[A-Za-z0-9_.:@/+=-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
  }

  private static void summary(Differ.Result result, PrintStream out) {
    int found = result.differences().size();
    String tried = Words.count(result.tried(), "session");
    if (found == 0) {
      out.println("No difference in " + tried + ".");
    } else {
      out.println("%s in %s.".formatted(Words.count(found, "difference"), tried));
    }
    List<String> sampled = new ArrayList<>();
    for (Differ.Coverage hook : result.hooks()) {
      if (hook.sampled()) {
        sampled.add(
            "%s %s of %s"
                .formatted(
                    hook.hook().text(),
                    Words.number(hook.tried()),
                    Words.number(hook.combinations())));
      }
    }
    String how =
        !result.complete()
            ? "It was stopped before its end: what was not tried may differ."
            : sampled.isEmpty()
                ? "These are all combinations of the values that the two policies know."
                : "Not all combinations were tried: "
                    + Words.list(sampled)
                    + "; there each value was, and pairs, and a random choice. --limit N tries more.";
    out.println(Words.wrap(how, Words.WIDTH, ""));
    out.println(
        Words.wrap(
            "Words that neither policy knows were not tried, nor what maps outside of files answer"
                + " (DNS, programs). Options, mailers and headers were not compared.",
            Words.WIDTH,
            ""));
  }
}
