package postern.offline.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.DebianCf;
import postern.offline.Hook;
import postern.offline.Role;
import postern.rulesets.SendmailOracle;

/**
 * Ten things of what sendmail's own library generates are changed: once ten rules, once one each of
 * ten kinds. All ten must be found, each with a session to which sendmail itself gives two answers,
 * too.
 */
class DebianDiffTest {
  private static final List<String> ACCESS =
      List.of(
          "Connect:blocked.example\tREJECT",
          "From:spam.example\tREJECT",
          "To:gone@gw.example.test\tREJECT",
          "TLS_Clt:bank.example\tVERIFY:128",
          "TLS_Srv:old.example\tPERM+VERIFY",
          "TLS_Rcpt:strict.example\tENCR:128",
          "Try_TLS:broken.example\tNO",
          "Srv_Features:quiet.example\tV",
          "TLS_Srv:named.example\tVERIFY+CN:mail.named.example");

  /** Ten rules; the mark is in each new reply. */
  private static final List<Seed> RULES =
      List.of(
          Seed.reply("Basic_check_relay", "\"550 Mark1\"", "<REJECT>", "550"),
          Seed.reply("Basic_check_mail", "\"550 Mark2\"", "<REJECT>", "550"),
          Seed.reply("Rcpt_ok", "\"550 Mark3\"", "<REJECT>", "5.2.1"),
          Seed.reply("Basic_check_rcpt", "\"550 Mark4\"", "5.7.1", "Relaying"),
          Seed.reply("TLS_connection", "$1 \" Mark5\"", "> NO\t"),
          Seed.reply("TLS_connection", "$1 \" Mark6\"", "> FAIL\t"),
          Seed.reply("TLS_connection", "\"454 Mark7\"", "SOFTWARE", "454"),
          Seed.line("TLS_connection", line -> "", "TRUE"),
          Seed.line("try_tls", line -> line.replace("<NO>", "<NEVER>"), "<NO>", "$#error"),
          Seed.reply("TLS_req", "$3 \" Mark10\"", "<CN:", "$#error"));

  /** One of each kind. */
  private static final List<Seed> KINDS =
      List.of(
          Seed.text("C{R}relay.example\n", ""),
          Seed.access("TLS_Clt:bank.example\tVERIFY:128", "TLS_Clt:bank.example\tVERIFY:256"),
          Seed.access("Connect:blocked.example\tREJECT\n", ""),
          Seed.access("", "TLS_Rcpt:boss@\tVERIFY\n"),
          Seed.access("Srv_Features:quiet.example\tV", "Srv_Features:quiet.example\tS"),
          Seed.behindTheNext("TLS_connection", "> CLEAR\t"),
          Seed.line("Basic_check_mail", line -> line.replace("5.5.4", "5.5.1"), "5.5.4", "domain"),
          Seed.text("Kmailertable text -z\\t -k0 -v1", "Kmailertable text -z\\t -k0 -v2"),
          Seed.mailer("esmtp", "/HdrFromSMTP", "/HdrFromL"),
          Seed.line("RelayTLS", line -> "", "RSUBJECT"));

  /** Sessions at a hook. */
  private static final int LIMIT = 8_000;

  /**
   * A change of the configuration or of its access map.
   *
   * @param inMap whether it is a line of the access map
   * @param name what is changed
   */
  private record Seed(boolean inMap, String name, UnaryOperator<String> change) {
    String of(String text) {
      return change.apply(text);
    }

    /** What is replaced may be empty: then a line is added. */
    static Seed access(String before, String after) {
      return new Seed(
          true,
          before + after,
          text -> before.isEmpty() ? text + after : replaced(text, before, after));
    }

    static Seed text(String before, String after) {
      return new Seed(false, before, text -> replaced(text, before, after));
    }

    static Seed mailer(String mailer, String before, String after) {
      return lines(
          "M" + mailer + ",",
          (lines, at) -> lines.set(at, replaced(lines.get(at), before, after)),
          "M" + mailer + ",");
    }

    /** The line of a rule set that holds all these words, and no other line of it does. */
    static Seed line(String set, UnaryOperator<String> change, String... words) {
      return lines("S" + set, (lines, at) -> lines.set(at, change.apply(lines.get(at))), words);
    }

    /** What stands behind {@code $:} in such a line. */
    static Seed reply(String set, String reply, String... words) {
      return line(
          set, line -> line.substring(0, line.indexOf("$: ") + "$: ".length()) + reply, words);
    }

    static Seed behindTheNext(String set, String... words) {
      return lines("S" + set, (lines, at) -> Collections.swap(lines, at, at + 1), words);
    }

    private static Seed lines(String head, ObjIntConsumer<List<String>> change, String... words) {
      return new Seed(
          false,
          head + " " + List.of(words),
          text -> {
            List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
            change.accept(lines, find(lines, head, List.of(words)));
            return String.join("\n", lines);
          });
    }

    private static int find(List<String> lines, String head, List<String> words) {
      int found = -1;
      boolean inside = false;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        inside = line.startsWith(head) || (inside && !line.startsWith("S"));
        if (inside && !line.startsWith("#") && words.stream().allMatch(line::contains)) {
          assertEquals(-1, found, () -> head + " has more than one line with " + words);
          found = i;
        }
      }
      assertNotEquals(-1, found, () -> head + " has no line with " + words);
      return found;
    }

    private static String replaced(String text, String before, String after) {
      assertTrue(text.contains(before), before);
      return text.replace(before, after);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Set<Hook> HOOKS =
      Set.of(
          Hook.CHECK_RELAY,
          Hook.CHECK_MAIL,
          Hook.CHECK_RCPT,
          Hook.TLS_CLIENT,
          Hook.TLS_SERVER,
          Hook.TRY_TLS);

  @TempDir Path folder;

  private static Configuration compile(Path cf) {
    Configuration made =
        Compiler.compile(
            cf.getFileName().toString(),
            cf,
            Compiler.Settings.plain(new Host("gw.example.test", "gw.example.test", List.of())));
    assertTrue(!made.hasErrors(), made.diagnostics().toString());
    return made;
  }

  @Test
  void allTenAreFoundAndSendmailAgrees() throws Exception {
    assumeTrue(DebianCf.hasSendmail(), "sendmail is not installed");
    assumeTrue(SendmailOracle.missing().isEmpty(), "sendmail cannot be asked");
    Path access = folder.resolve("access");
    Files.write(access, ACCESS);
    Path old =
        DebianCf.make(
            folder,
            "old",
            "FEATURE(`access_db', `text -T<TMPF> -z\\t -k0 -v1 " + access + "')dnl",
            "FEATURE(`nocanonify')dnl",
            "FEATURE(`accept_unresolvable_domains')dnl",
            "FEATURE(`blocklist_recipients')dnl",
            "FEATURE(`tls_session_features')dnl",
            "MAILER(`local')dnl",
            "MAILER(`smtp')dnl",
            "LOCAL_RULESETS",
            "STranslate",
            "R$* $$| $*\t$: $1 $| $2");
    String text = Files.readString(old, StandardCharsets.ISO_8859_1);
    List<String> singles = new ArrayList<>();
    String all = text;
    for (Seed seed : RULES) {
      singles.add(seed.of(text));
      all = seed.of(all);
    }
    Path changed = folder.resolve("new.cf");
    Files.writeString(changed, all, StandardCharsets.ISO_8859_1);
    Differ.Result result =
        new Differ(compile(old), compile(changed), HOOKS, LIMIT, n -> {}, () -> false).run();
    String before = sendmail(old, result.differences());
    String after = sendmail(changed, result.differences());
    TreeSet<Integer> found = new TreeSet<>();
    List<String> oldAnswers = answers(before);
    List<String> newAnswers = answers(after);
    assertEquals(result.differences().size(), oldAnswers.size(), before);
    for (int i = 0; i < result.differences().size(); i++) {
      Difference each = result.differences().get(i);
      assertNotEquals(oldAnswers.get(i), newAnswers.get(i), each.facts() + " " + each.hook());
    }
    for (int i = 0; i < RULES.size(); i++) {
      // Which of the sessions shows the one change alone?
      Path single = folder.resolve("single.cf");
      Files.writeString(single, singles.get(i), StandardCharsets.ISO_8859_1);
      List<String> answers = answers(sendmail(single, result.differences()));
      if (!answers.equals(oldAnswers)) {
        found.add(i + 1);
      }
    }
    assertEquals(new TreeSet<>(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), found);
  }

  @Test
  void oneOfEachKindIsFoundAndSendmailAgrees() throws Exception {
    assumeTrue(DebianCf.hasSendmail(), "sendmail is not installed");
    assumeTrue(SendmailOracle.missing().isEmpty(), "sendmail cannot be asked");
    Path access = folder.resolve("access");
    String lines =
        String.join("\n", ACCESS)
            + """

            CERTIssuer:/CN=BankCA\tSUBJECT
            CERTSubject:/CN=client\tRELAY
            """;
    Files.writeString(access, lines);
    Path table = folder.resolve("mailertable");
    Files.writeString(table, "near.example\tesmtp:[one.example]\tesmtp:[two.example]\n");
    Path old =
        DebianCf.make(
            folder,
            "old",
            "FEATURE(`access_db', `text -T<TMPF> -z\\t -k0 -v1 " + access + "')dnl",
            "FEATURE(`mailertable', `text -z\\t -k0 -v1 -o " + table + "')dnl",
            "FEATURE(`nocanonify')dnl",
            "FEATURE(`accept_unresolvable_domains')dnl",
            "FEATURE(`tls_session_features')dnl",
            "RELAY_DOMAIN(`relay.example')dnl",
            "MAILER(`local')dnl",
            "MAILER(`smtp')dnl",
            "LOCAL_RULESETS",
            "STranslate",
            "R$* $$| $*\t$: $1 $| $2");
    String text = Files.readString(old, StandardCharsets.ISO_8859_1);
    Path changed = seeded("new", KINDS, text, lines, access);
    Differ.Result result =
        new Differ(compile(old), compile(changed), Set.of(), LIMIT, n -> {}, () -> false).run();
    assertTrue(result.complete());
    List<Difference> differences = result.differences();
    List<String> oldAnswers = answers(sendmail(old, differences));
    List<String> newAnswers = answers(sendmail(changed, differences));
    assertEquals(differences.size(), oldAnswers.size());
    for (int i = 0; i < differences.size(); i++) {
      Difference each = differences.get(i);
      assertNotEquals(oldAnswers.get(i), newAnswers.get(i), each.facts() + " " + each.hook());
    }
    Set<Seed> missed = new LinkedHashSet<>();
    for (Seed seed : KINDS) {
      Path single = seeded("single", List.of(seed), text, lines, access);
      if (answers(sendmail(single, differences)).equals(oldAnswers)) {
        missed.add(seed);
      }
    }
    assertEquals(Set.of(), missed);
  }

  /** The configuration with these seeds, and beside it its access map. */
  private Path seeded(String name, List<Seed> seeds, String cf, String map, Path access)
      throws IOException {
    String rules = cf;
    String lines = map;
    for (Seed seed : seeds) {
      if (seed.inMap()) {
        lines = seed.of(lines);
      } else {
        rules = seed.of(rules);
      }
    }
    Path other = folder.resolve(name + ".access");
    Files.writeString(other, lines);
    Path file = folder.resolve(name + ".cf");
    Files.writeString(
        file, rules.replace(" " + access + "\n", " " + other + "\n"), StandardCharsets.ISO_8859_1);
    return file;
  }

  // ---- sendmail's address test mode

  private static String sendmail(Path cf, List<Difference> questions) {
    StringBuilder input = new StringBuilder();
    for (Difference each : questions) {
      commands(each, input);
    }
    return SendmailOracle.addressTest(cf, input.toString());
  }

  private static final Map<String, String> MACROS =
      Map.ofEntries(
          Map.entry("verify", "verify"),
          Map.entry("bits", "cipher_bits"),
          Map.entry("tls-version", "tls_version"),
          Map.entry("cipher", "cipher"),
          Map.entry("cn", "cn_subject"),
          Map.entry("cert-subject", "cert_subject"),
          Map.entry("cert-issuer", "cert_issuer"),
          Map.entry("client-name", "client_name"),
          Map.entry("client-addr", "client_addr"),
          Map.entry("client-resolve", "client_resolve"),
          Map.entry("server-name", "server_name"),
          Map.entry("server-addr", "server_addr"),
          Map.entry("auth-type", "auth_type"),
          Map.entry("auth-user", "auth_authen"),
          Map.entry("auth-ssf", "auth_ssf"),
          Map.entry("daemon-flags", "daemon_flags"));

  /** The macros of a session as it is, then the question. */
  private static void commands(Difference each, StringBuilder input) {
    Map<String, String> facts = new java.util.TreeMap<>(each.facts());
    facts.putIfAbsent("client-name", "host.elsewhere.example");
    facts.putIfAbsent("client-addr", "203.0.113.213");
    facts.putIfAbsent("client-resolve", "OK");
    if (each.hook().role() == Role.CLIENT) {
      facts.putIfAbsent("verify", "NONE");
    }
    if (facts.containsKey("verify")) {
      boolean handshake =
          !List.of("NONE", "CLEAR", "TEMP", "SOFTWARE", "PROTOCOL", "CONFIG", "FAILURE")
              .contains(facts.get("verify"));
      facts.putIfAbsent("bits", handshake ? "256" : "0");
    }
    MACROS.forEach(
        (fact, macro) ->
            input
                .append(".D{")
                .append(macro)
                .append('}')
                .append(facts.getOrDefault(fact, ""))
                .append('\n'));
    String from = facts.getOrDefault("from", "");
    input.append(".Df").append(from).append('\n');
    String peer = facts.get("client-name") + " $| " + facts.get("client-addr");
    String to = facts.getOrDefault("to", "");
    List<String> questions =
        switch (each.hook()) {
          case CHECK_RELAY -> List.of("Translate,check_relay " + peer);
          case TLS_CLIENT ->
              List.of(
                  facts.containsKey("verify")
                      ? "Translate,tls_client " + facts.get("verify") + " $| STARTTLS"
                      : "Translate,check_mail <" + from + ">");
          case TLS_SERVER -> List.of("tls_server " + facts.get("verify"));
          case TLS_RCPT -> List.of("tls_rcpt " + to);
          case CHECK_MAIL -> List.of("check_mail <" + from + ">", "3,0 " + from);
          case CHECK_RCPT -> List.of("check_rcpt <" + to + ">", "3,0 " + to);
          case TRY_TLS -> List.of("try_tls " + facts.getOrDefault("server-name", ""));
          case ROUTE -> List.of("3,0 " + to);
          case DRESS ->
              List.of("3,0 " + to, "/tryflags HS", "/try esmtp " + from, "/try local " + from);
          default -> List.of(each.hook().text() + " " + facts.getOrDefault("client-name", ""));
        };
    for (String question : questions) {
      input.append(question).append("\n/@@part\n");
    }
    input.append("/@@end\n");
  }

  /** The last line of each answer; of several questions to one session all of them. */
  private static List<String> answers(String output) {
    List<String> answers = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    String last = "";
    for (String line : output.split("\n", -1)) {
      if (line.contains("/@@end")) {
        answers.add(all.toString());
        all.setLength(0);
      } else if (line.contains("/@@part")) {
        all.append(last).append('\n');
        last = "";
      } else if (line.contains(" returns: ")) {
        last = line.replaceFirst("^> ", "");
      }
    }
    return answers;
  }
}
