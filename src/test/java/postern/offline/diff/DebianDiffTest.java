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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

  /** What stands in the generated file, and what takes its place; the mark is in each new reply. */
  private static final List<String[]> CHANGES =
      List.of(
          change("R<REJECT> <$*>\t\t$#error $@ 5.7.1 $: \"550 Access denied\"", "550 Mark1"),
          change("R<REJECT> $*\t\t$#error $@ 5.7.1 $: \"550 Access denied\"", "550 Mark2"),
          change(
              "R<REJECT> $*\t\t$#error $@ 5.2.1 $: \"550 Mailbox disabled for this recipient\"",
              "550 Mark3"),
          change("R$*\t\t\t$#error $@ 5.7.1 $: \"550 Relaying denied\"", "550 Mark4"),
          change(
              "R<$-:$+><VERIFY $*> <$*> NO\t$#error $@ $2 $: $1 \" not authenticated\"",
              "$1 \" Mark5\""),
          change(
              "R<$-:$+><VERIFY $*> <$*> FAIL\t$#error $@ $2 $: $1 \" authentication failed\"",
              "$1 \" Mark6\""),
          change(
              "RSOFTWARE $| $*\t\t$#error $@ 4.7.0 $: \"454 TLS handshake failed.\"", "454 Mark7"),
          new String[] {
            "R<$-:$+><$-:$-> <$*> TRUE\t$#error $@ $2 $: $1 \" encryption too weak \" $4 \" less than"
                + " \" $3\n",
            ""
          },
          new String[] {"R<NO>$*\t\t$#error", "R<NEVER>$*\t\t$#error"},
          change(
              "R<CN:$+> $* $| <$-:$+>\t$#error $@ $4 $: $3 \" CN \" $&{cn_subject} \" does not match \""
                  + " $1",
              "$3 \" Mark10\""));

  private static final String NONE =
      "R<$-:$+><VERIFY $*> <$*> NONE\t$#error $@ $2 $: $1 \" other side does not support STARTTLS\"\n";
  private static final String CLEAR =
      "R<$-:$+><VERIFY $*> <$*> CLEAR\t$#error $@ $2 $: $1 \" STARTTLS disabled locally\"\n";
  private static final String ANYTHING =
      "R<$-:$+><VERIFY $*> <$*> $+\t$#error $@ $2 $: $1 \" authentication failure \" $4\n";

  /** Sessions at a hook. */
  private static final int LIMIT = 8_000;

  /**
   * What stands in the configuration or in the access map, and what takes its place.
   *
   * @param inMap whether it is a line of the access map; what is replaced may be empty there
   */
  private record Seed(boolean inMap, String before, String after) {
    String of(String text) {
      assertTrue(text.contains(before), before);
      return before.isEmpty() ? text + after : text.replace(before, after);
    }
  }

  private static final List<Seed> KINDS =
      List.of(
          new Seed(false, "C{R}relay.example\n", ""),
          new Seed(true, "TLS_Clt:bank.example\tVERIFY:128", "TLS_Clt:bank.example\tVERIFY:256"),
          new Seed(true, "Connect:blocked.example\tREJECT\n", ""),
          new Seed(true, "", "TLS_Rcpt:boss@\tVERIFY\n"),
          new Seed(true, "Srv_Features:quiet.example\tV", "Srv_Features:quiet.example\tS"),
          new Seed(false, NONE + CLEAR + ANYTHING, NONE + ANYTHING + CLEAR),
          new Seed(
              false,
              "$#error $@ 5.5.4 $: \"553 Real domain name required",
              "$#error $@ 5.5.1 $: \"553 Real domain name required"),
          new Seed(false, "Kmailertable text -z\\t -k0 -v1", "Kmailertable text -z\\t -k0 -v2"),
          new Seed(
              false, "F=mDFMuXa, S=EnvFromSMTP/HdrFromSMTP", "F=mDFMuXa, S=EnvFromSMTP/HdrFromL"),
          new Seed(false, "RSUBJECT\t\t$: <@> $&{cert_subject}\n", ""));

  private static final Set<Hook> HOOKS =
      Set.of(
          Hook.CHECK_RELAY,
          Hook.CHECK_MAIL,
          Hook.CHECK_RCPT,
          Hook.TLS_CLIENT,
          Hook.TLS_SERVER,
          Hook.TRY_TLS);

  @TempDir Path folder;

  private static String[] change(String rule, String reply) {
    int at = rule.indexOf("$: ") + 3;
    String words = reply.startsWith("$") ? reply : "\"" + reply + "\"";
    return new String[] {rule, rule.substring(0, at) + words};
  }

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
    for (String[] change : CHANGES) {
      assertTrue(text.contains(change[0]), change[0]);
      singles.add(text.replace(change[0], change[1]));
      all = all.replace(change[0], change[1]);
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
    for (int i = 0; i < CHANGES.size(); i++) {
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
