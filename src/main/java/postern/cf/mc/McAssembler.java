package postern.cf.mc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import postern.cf.Spelling;

/**
 * Joins an {@code .mc} file with the stock rule sets: options replace the stock ones, definitions
 * and FEATUREs become the macros that the stock rule sets ask, LOCAL_ blocks go to the rule sets
 * that stand empty for them. Whatever the stock rule sets cannot do is an error with its place, so
 * that no line of a policy is dropped silently.
 */
public final class McAssembler {
  private static final String ACCESS_DB = "hash -T<TMPF> /etc/mail/access";
  private static final String CW_FILE = "/etc/mail/local-host-names";

  private final McFile file;
  private final CfLines cf;
  private final List<McProblem> problems = new ArrayList<>();
  private final List<McBlock.Line> config = new ArrayList<>();
  private final List<McBlock.Line> ruleSets = new ArrayList<>();

  private McAssembler(McFile file, String stockName, String stock) {
    this.file = file;
    this.cf = new CfLines(stockName, stock);
  }

  /**
   * Makes one configuration of both; never throws for what they say.
   *
   * @param stockName name of the stock configuration, for the origins of lines
   * @param stock text of {@code rulesets/postern.cf}
   */
  public static McAssembly assemble(McFile file, String stockName, String stock) {
    return new McAssembler(file, stockName, stock).assemble();
  }

  private McAssembly assemble() {
    options();
    defines();
    file.features().forEach(this::feature);
    calls();
    file.blocks().forEach(this::block);
    // Macros of the stock file are set by now, and nothing of it has used a class or a map.
    int classes = cf.first("C");
    cf.insert(classes < 0 ? cf.lines().size() : classes, config);
    cf.insert(cf.lines().size(), ruleSets);
    return new McAssembly(cf.lines(), problems);
  }

  private void error(McPlace place, String message) {
    problems.add(new McProblem(place, true, message));
  }

  private void options() {
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (McDefine define : file.defines().values()) {
      option(McOptions.option(define.name()), define.value(), define.place(), seen);
    }
    for (McCall call : file.calls()) {
      option(McOptions.optionOfCall(call.word()), call.argument(0), call.place(), seen);
    }
  }

  private void option(
      @Nullable String option, String value, McPlace place, Map<String, Integer> seen) {
    if (option != null && !value.isEmpty()) {
      boolean again = seen.merge(option, 1, Integer::sum) > 1;
      cf.setOption(McOptions.line(option, value), again, place);
    }
  }

  private void defines() {
    for (McDefine define : file.defines().values()) {
      String value = define.value().strip();
      switch (define.name()) {
        case "TLS_PERM_ERR" -> macro("{TLS_PERM_ERR}", "1", define.place());
        case "confDOMAIN_NAME" -> macro("j", value, define.place());
        case "SMART_HOST" -> smartHost(value, define.place());
        case "RELAY_MAILER_ARGS" -> relayPort(value, define.place());
        default -> {
          if (McFeatures.ROUTING_DEFINES.contains(define.name()) && !value.isEmpty()) {
            error(define.place(), "the stock rule sets do not ask " + define.name());
          }
        }
      }
    }
  }

  private void macro(String name, String value, McPlace place) {
    if (!cf.setMacro(name, oneLine(value), place)) {
      error(place, "the stock rule sets have no macro " + name + " to set");
    }
  }

  private void smartHost(String value, McPlace place) {
    if (value.isEmpty()) {
      return;
    }
    int colon = value.indexOf(':');
    String mailer = colon < 0 || value.startsWith("[") ? "" : value.substring(0, colon);
    switch (mailer) {
      case "", "relay", "esmtp", "smtp" ->
          macro(
              "{SmartHost}", mailer.isEmpty() ? value : value.substring(colon + 1).strip(), place);
      default -> error(place, "SMART_HOST: mail goes out by relay, not by " + mailer);
    }
  }

  private void relayPort(String value, McPlace place) {
    String[] words = value.split("\\s+", -1);
    if (words.length == 3 && words[0].equals("TCP") && words[1].equals("$h")) {
      macro("{SmartPort}", words[2], place);
    } else {
      error(place, "RELAY_MAILER_ARGS can only be TCP $h PORT");
    }
  }

  private void feature(McCall call) {
    String name = call.argument(0);
    switch (name) {
      case "access_db" -> accessDb(call);
      case "delay_checks" -> {
        noArguments(call, 2);
        macro("{DelayChecks}", "1", call.place());
        switch (call.argument(1)) {
          case "" -> {}
          case "friend", "hater" -> macro("{SpamFriends}", call.argument(1), call.place());
          default -> error(call.place(), "delay_checks: friend or hater, not " + call.argument(1));
        }
      }
      case "ratecontrol" -> control("{RateControl}", call);
      case "conncontrol" -> control("{ConnControl}", call);
      case "check_cert_altnames" ->
          cf.setOption(McOptions.line("SetCertAltnames", "true"), false, call.place());
      case "greet_pause" -> greetPause(call);
      case "use_cw_file" -> {
        String value = file.value("confCW_FILE");
        config("Fw" + (value == null ? CW_FILE : value), call.place());
      }
      default -> {
        if (McFeatures.NOT_HERE.contains(name)) {
          error(call.place(), "the stock rule sets have no FEATURE(`" + name + "')");
        } else if (!McFeatures.ALWAYS.contains(name)) {
          List<String> known = new ArrayList<>(McFeatures.ALWAYS);
          known.addAll(McFeatures.DONE);
          known.addAll(McFeatures.NOT_HERE);
          error(
              call.place(),
              "no FEATURE goes by the name `" + name + "'" + Spelling.suggestion(name, known));
        }
      }
    }
  }

  /** {@code nodelay} is how it always is here: whom delayed checks spare is asked at RCPT. */
  private void control(String macro, McCall call) {
    noArguments(call, 3);
    String when = call.argument(1);
    if (!when.isEmpty() && !when.equals("nodelay")) {
      error(call.place(), call.argument(0) + ": nodelay or nothing, not " + when);
      return;
    }
    macro(macro, call.argument(2).isEmpty() ? "452" : "421", call.place());
  }

  private void noArguments(McCall call, int from) {
    for (int i = from; i < call.arguments().size(); i++) {
      if (!call.argument(i).isEmpty()) {
        error(
            call.place(),
            "FEATURE(`%s'): the stock rule sets do not know its argument `%s'"
                .formatted(call.argument(0), call.argument(i)));
      }
    }
  }

  /** The map's class and flags go to one macro, its file to another. */
  private void accessDb(McCall call) {
    noArguments(call, 2);
    String spec = call.argument(1).isEmpty() ? ACCESS_DB : call.argument(1);
    int blank = Math.max(spec.lastIndexOf(' '), spec.lastIndexOf('\t'));
    if (blank < 0) {
      error(call.place(), "access_db: the map needs a class and a file, such as " + ACCESS_DB);
      return;
    }
    macro("{AccessMap}", spec.substring(0, blank).strip(), call.place());
    macro("{AccessFile}", spec.substring(blank + 1), call.place());
  }

  private void greetPause(McCall call) {
    String milliseconds = call.argument(1).isEmpty() ? "0" : call.argument(1);
    if (!milliseconds.matches("[0-9]{1,6}")) {
      error(call.place(), "greet_pause: milliseconds are a number, not " + milliseconds);
      return;
    }
    ruleSets.addAll(
        CfLines.split(
            """

            Sgreet_pause
            R$* $| $*\t$: $>TagEntry < GreetPause > $1 $| $2
            R< ? >\t$# %s
            R< $+ >\t$# $1
            """
                .formatted(milliseconds),
            call.place()));
  }

  private void config(String line, McPlace place) {
    config.addAll(CfLines.split(oneLine(line), place));
  }

  /** Lists may go over several lines of an argument; D, C and F lines are one line each. */
  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\n\\s*", " ");
  }

  private void calls() {
    domains("RELAY_DOMAIN", "{RelayDomains}");
    domains("LOCAL_DOMAIN", "{LocalHosts}");
    for (McCall call : file.calls()) {
      String first = call.argument(0);
      switch (call.word()) {
        case "RELAY_DOMAIN", "LOCAL_DOMAIN", "DAEMON_OPTIONS", "CLIENT_OPTIONS" -> {} // done above
        case "RELAY_DOMAIN_FILE" -> config("F{R}" + first, call.place());
        case "TRUST_AUTH_MECH" -> config("C{TrustAuthMech}" + first, call.place());
        case "MAILER" -> {
          if (!List.of("local", "smtp", "esmtp", "relay").contains(first)) {
            error(call.place(), "the stock rule sets have no mailer `" + first + "'");
          }
        }
        case "DOMAIN" ->
            problems.add(
                new McProblem(
                    call.place(), false, "DOMAIN(`" + first + "') is one of sendmail's files"));
        default -> {
          if (!McFeatures.SILENT_CALLS.contains(call.word())) {
            error(call.place(), "the stock rule sets have no use for " + call.word());
          }
        }
      }
    }
  }

  private void domains(String word, String macro) {
    List<McCall> calls = file.calls(word);
    if (!calls.isEmpty()) {
      macro(
          macro,
          calls.stream().map(call -> call.argument(0)).collect(Collectors.joining(" ")),
          calls.get(calls.size() - 1).place());
    }
  }

  private void block(McBlock block) {
    switch (block.kind()) {
      case LOCAL_CONFIG -> config.addAll(block.lines());
      case LOCAL_RULESETS, MAILER_DEFINITIONS -> ownRuleSets(block);
      case LOCAL_TRY_TLS,
          LOCAL_TLS_CLIENT,
          LOCAL_TLS_SERVER,
          LOCAL_TLS_RCPT,
          LOCAL_SRV_FEATURES,
          LOCAL_CLT_FEATURES ->
          hook(block);
      case LOCAL_RULE_0, LOCAL_RULE_1, LOCAL_RULE_2, LOCAL_RULE_3, LOCAL_NET_CONFIG, LOCAL_DNSBL ->
          error(
              block.place(),
              "the stock rule sets have no place for "
                  + block.kind()
                  + ": write Local_parse below LOCAL_RULESETS");
    }
  }

  /** Rule sets with S lines of their own; one that the stock file leaves empty is filled. */
  private void ownRuleSets(McBlock block) {
    for (McBlock.Line line : block.lines()) {
      if (line.text().startsWith("S")) {
        String name = CfLines.ruleSetName(line.text());
        int stock = cf.ruleSet(name);
        McPlace place = new McPlace(line.file(), line.line(), 1, Math.max(1, line.text().length()));
        if (stock >= 0 && cf.isEmpty(stock)) {
          cf.replace(stock, "#S" + name, place); // it would be defined twice
        } else if (stock >= 0) {
          problems.add(
              new McProblem(
                  place, false, name + " exists: these rules come after those of the stock file"));
        }
      }
    }
    ruleSets.addAll(block.lines());
  }

  /**
   * sendmail calls a LOCAL_TLS_CLIENT and kin with a copy of the workspace and heeds only an answer
   * that begins with {@code $#}; the stock rule sets let the workspace pass through theirs. So the
   * rules get a rule set of their own.
   */
  private void hook(McBlock block) {
    String hook = block.kind().ruleSet();
    int stock = cf.ruleSet(hook);
    if (stock < 0) {
      error(block.place(), "the stock rule sets have no " + hook);
      return;
    }
    String own = "Mc" + hook.substring("Local".length());
    if (cf.isEmpty(stock)) {
      cf.insert(
          stock + 1,
          """
          R$*\t$: $1 <?> $>%s $1
          R$* <?> $# $*\t$# $2
          R$* <?> $*\t$: $1
          """
              .formatted(own),
          block.place());
      ruleSets.addAll(CfLines.split("S" + own, block.place()));
    }
    int at = positionBehind(own);
    ruleSets.addAll(at, block.lines());
  }

  /** Behind the rules that {@code ruleSet}, one of ours, has so far. */
  private int positionBehind(String ruleSet) {
    int at = 0;
    while (!ruleSets.get(at).text().equals("S" + ruleSet)) {
      at++;
    }
    at++;
    while (at < ruleSets.size() && !ruleSets.get(at).text().startsWith("S")) {
      at++;
    }
    return at;
  }
}
