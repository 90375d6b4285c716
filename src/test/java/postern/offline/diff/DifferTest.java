package postern.offline.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.Hook;
import postern.source.SourceText;

class DifferTest {
  private static final String HEAD =
      "V10/Berkeley\nO OperatorChars=.:%@!^/[]+\nMlocal, P=[LOCAL], F=l, A=LOCAL $u\n";

  private static final Set<Hook> HOOKS = Set.of(Hook.TRY_TLS, Hook.TLS_SERVER, Hook.TLS_CLIENT);

  @TempDir Path folder;

  private static Configuration of(String rules) {
    return Compiler.compile(
        SourceText.of("test.cf", HEAD + rules),
        Compiler.Settings.plain(new Host("gw.example.test", "gw.example.test", List.of())));
  }

  private static Differ.Result diff(Configuration before, Configuration after, long limit) {
    return new Differ(before, after, HOOKS, limit, n -> {}, () -> false).run();
  }

  @Test
  void theSameRulesInOtherWordsAreNoDifference() {
    Differ.Result result =
        diff(
            of("Stry_tls\nRbad.example\t$#error $@ 5.7.1 $: \"550 no\"\nR$*\t$@ OK\n"),
            of(
                "Stry_tls\nR$* . example\t$: $1 . example\nRbad.example\t$#error $@ 5.7.1 $: \"550 no\"\n"),
            10_000);
    assertEquals(List.of(), result.differences());
    assertTrue(result.exhaustive());
    assertTrue(result.tried() > 5);
  }

  @Test
  void aLineMoreIsFoundWithTheNameThatItIsAbout() {
    Differ.Result result =
        diff(
            of("Stls_server\nR$*\t$@ OK\n"),
            of(
                """
                Stls_server
                R$*\t$: $1 $| $&{server_name} $| $&{tls_version}
                RNO $| $* . partner.example $| TLSv1.2\t$#error $@ 5.7.0 $: "550 no"
                """),
            100_000);
    assertEquals(1, result.differences().size());
    Difference only = result.differences().get(0);
    assertEquals(Difference.Kind.NEWLY_REFUSED, only.kind());
    assertEquals(
        Map.of("server-name", "x.partner.example", "tls-version", "TLSv1.2", "verify", "NO"),
        without(only.facts(), "bits", "server-addr"));
    assertEquals("accept", only.before().answer());
    assertEquals("550 5.7.0 no", only.after().answer());
  }

  private static Map<String, String> without(Map<String, String> facts, String... names) {
    Map<String, String> left = new java.util.TreeMap<>(facts);
    left.keySet().removeAll(List.of(names));
    return left;
  }

  @Test
  void accessLinesAreTakenForTheirOwnKeysAndBits() throws IOException {
    Configuration before = stock("a", "TLS_Clt:bank.example\tENCR:112\n");
    Configuration after = stock("b", "TLS_Clt:bank.example\tENCR:128\n");
    Differ.Result result = diff(before, after, 2_000);
    List<Difference> clients =
        result.differences().stream().filter(d -> d.hook() == Hook.TLS_CLIENT).toList();
    assertTrue(!clients.isEmpty());
    assertEquals("bank.example", clients.get(0).facts().get("client-name"));
    int bits = Integer.parseInt(clients.get(0).facts().getOrDefault("bits", "0"));
    assertTrue(bits >= 112 && bits < 128, clients.toString());
    StringWriter json = new StringWriter();
    DifferenceJson.write(result, json);
    assertTrue(json.toString().contains("\"kind\":\"newly-refused\",\"hook\":\"tls_client\""));
    assertTrue(json.toString().contains("\"session\":{\"postern-session\":1"));
  }

  private Configuration stock(String name, String access) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, access);
    return Compiler.compile(
        "rulesets/postern.cf",
        Path.of("rulesets", "postern.cf"),
        new Compiler.Settings(
            new Host("gw.example.test", "gw.example.test", List.of()),
            List.of(),
            List.of(new Compiler.Setting("{AccessFile}", file.toString(), false)),
            false,
            false));
  }

  @Test
  void beyondTheLimitItSaysThatItSampled() {
    StringBuilder rules = new StringBuilder("Stls_server\nR$*\t$: $1 $| $&{server_name}\n");
    for (int i = 0; i < 60; i++) {
      rules.append("R$* $| host").append(i).append(".example\t$@ OK\n");
    }
    Configuration one = of(rules + "R$* $| last.example\t$@ OK\n");
    Configuration two = of(rules + "R$* $| last.example\t$#error $@ 5.7.0 $: \"550 no\"\n");
    Differ.Result result = diff(one, two, 500);
    assertTrue(!result.exhaustive() && result.complete());
    assertEquals(1, result.differences().size());
    assertEquals("last.example", result.differences().get(0).facts().get("server-name"));
  }

  private static List<Difference> differences(String before, String after, long limit) {
    return new Differ(of(before), of(after), Set.of(), limit, n -> {}, () -> false)
        .run()
        .differences();
  }

  @Test
  void howMailersShowAddressesIsLookedAt() {
    String rules = "S0\nR$*\t$#local $: $1\nS1\nRroot\t$@ root@one.example\n";
    String mailer = "Mlocal, P=[LOCAL], F=l, S=1, R=0, A=LOCAL $u\n";
    List<Difference> found =
        differences(rules + mailer, rules.replace("@one", "@other") + mailer, 5_000);
    assertEquals(List.of(Hook.DRESS), found.stream().map(Difference::hook).distinct().toList());
  }

  @Test
  void thePauseBeforeTheGreetingIsLookedAt() {
    List<Difference> found =
        differences(
            "Sgreet_pause\nR$* $| $*\t$# 5000\n",
            "Sgreet_pause\nRslow.example $| $*\t$# 9000\nR$* $| $*\t$# 5000\n",
            5_000);
    assertEquals(1, found.size());
    assertEquals(Hook.GREET_PAUSE, found.get(0).hook());
    assertEquals("slow.example", found.get(0).facts().get("client-name"));
    assertEquals("pause 5000", found.get(0).before().answer());
    assertEquals("pause 9000", found.get(0).after().answer());
  }

  @Test
  void whoMayWriteToWhomIsLookedAt() {
    List<Difference> found =
        differences(
            "",
            "Scheck_compat\nR<$-@a.example> $| <$-@b.example>\t$#error $@ 5.7.1 $: 550 no\n",
            10_000);
    assertEquals(1, found.size());
    assertEquals(Hook.CHECK_COMPAT, found.get(0).hook());
    assertEquals(
        Map.of("from", "someone@a.example", "to", "someone@b.example"), found.get(0).facts());
    assertEquals(Difference.Kind.NEWLY_REFUSED, found.get(0).kind());
  }

  /** However many values the first two facts have, those of the third meet them. */
  @Test
  void eachTwoFactsMeet() {
    StringBuilder rules = new StringBuilder("S0\nR$*\t$#local $: $1\nSLocal\n");
    for (int i = 0; i < 150; i++) {
      rules.append("R$*@host").append(i).append(".example\t$@ OK\n");
    }
    rules.append("Scheck_mail\nR$*\t$: $1 $| $&{daemon_flags} $| $&{client_name}\n");
    String more = "R<someone> $| $* u $* $| $*\t$#error $@ 5.5.4 $: 553 no\n";
    List<Difference> found = differences(rules.toString(), rules + more, 1_000);
    assertEquals(1, found.size());
    assertEquals(
        Map.of("from", "someone", "daemon-flags", "u"),
        without(found.get(0).facts(), "client-name", "client-addr"));
  }

  /** What a rule asks is what sessions differ in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "check_mail s evil+helo helo",
        "check_mail auth_authen joe auth-user",
        "check_mail daemon_name MSA daemon-name",
        "check_relay client_ptr evil.ptr.example client-ptr",
        "tls_client cn_issuer Evil+20CA cn-issuer",
        "tls_client cert_md5 AA:BB:CC cert-fp",
        "tls_client cn_subject Jane+20Doe cn",
        "tls_client cert_issuer /C=US/O=Evil cert-issuer",
        "check_relay client_connections 41 client-connections"
      })
  void factsThatOnlySomeRulesRead(String hook, String macro, String value, String fact) {
    String rules = "S0\nR$*\t$#local $: $1\nS" + hook + "\nR$*\t$: $&{" + macro + "}\n";
    List<Difference> found =
        differences(rules, rules + "R" + value + "\t$#error $@ 5.7.1 $: 550 no\n", 10_000);
    assertEquals(
        Set.of(value),
        found.stream()
            .filter(each -> each.hook() == Hook.of(hook))
            .map(each -> each.facts().get(fact))
            .collect(Collectors.toSet()),
        found.toString());
  }

  @Test
  void whereOnlyOneLooksAtCaseNamesAreTriedInCapitals() {
    String rules =
        """
         -aBAD ^bank.example$
        Stry_tls
        R$*\t$: $(t $&{server_name} $)
        R$* BAD\t$#error $@ 5.7.1 $: 550 no
        Rbank.example\t$@ OK
        """;
    List<Difference> found = differences("Kt regex " + rules, "Kt regex -f " + rules, 10_000);
    assertEquals("BANK.EXAMPLE", found.get(0).facts().get("server-name"));
  }

  @Test
  void theSizeOfAMessageIsTried() {
    String more =
        "Scheck_eom\nR$*\t$: $(arith l $@ 5000 $@ $1 $)\nRTRUE\t$#error $@ 5.2.3 $: 552 big\n";
    List<Difference> found =
        differences(
            "Karith arith\nS0\nR$*\t$#local $: $1\n",
            "Karith arith\nS0\nR$*\t$#local $: $1\n" + more,
            10_000);
    assertEquals("5001", found.get(0).facts().get("size"));
  }
}
