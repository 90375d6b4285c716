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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
}
