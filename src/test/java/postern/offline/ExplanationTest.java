package postern.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Configuration;
import postern.policy.Verify;

class ExplanationTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "explain");

  /** The columns of the verdict table: title, entry that the host has, bits. */
  private static final List<List<String>> COLUMNS =
      List.of(
          List.of("no entry", "none.example", "256"),
          List.of("VERIFY", "verify.example", "256"),
          List.of("VERIFY:128 with 256 bits", "verify128.example", "256"),
          List.of("VERIFY:128 with 56 bits", "verify128.example", "56"),
          List.of("ENCR:128 with 256 bits", "encr128.example", "256"),
          List.of("ENCR:128 with 56 bits", "encr128.example", "56"),
          List.of("ENCR:128 without bits", "encr128.example", ""));

  private static String explain(Decider decider, SessionRecord record, Hook hook) {
    Decision decision = decider.decide(record, hook);
    List<WhatIf.Turn> turns = new WhatIf(decider).turns(record, decision);
    return new Explanation(record, decision, turns).text();
  }

  /** One file for each row of the verdict table. */
  @TestFactory
  List<DynamicTest> verdictTable() {
    Decider decider = new Decider(Policies.stock(FOLDER.resolve("access")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Verify verify : Verify.values()) {
      tests.add(
          DynamicTest.dynamicTest(
              verify.name(),
              () -> {
                boolean server = verify == Verify.EMPTY || verify == Verify.NOT;
                StringBuilder text = new StringBuilder();
                for (List<String> column : COLUMNS) {
                  String name = (server ? "client" : "server") + "-name=" + column.get(1);
                  String addr = (server ? "client" : "server") + "-addr=192.0.2.1";
                  SessionRecord record =
                      Policies.session(
                          server ? Role.SERVER : Role.CLIENT,
                          name,
                          addr,
                          "verify=" + verify.text(),
                          "bits=" + column.get(2));
                  text.append("==== ").append(column.get(0)).append('\n');
                  text.append(explain(decider, record, server ? Hook.TLS_CLIENT : Hook.TLS_SERVER));
                  text.append('\n');
                }
                assertTrue(
                    text.toString().lines().allMatch(line -> line.length() <= Words.WIDTH),
                    "a line is too long");
                Golden.same(FOLDER.resolve("verify-" + verify.name() + ".txt"), text.toString());
              }));
    }
    return tests;
  }

  @Test
  void namesAndCodes() throws IOException {
    Decider decider = new Decider(Policies.stock(FOLDER.resolve("access")));
    StringBuilder text = new StringBuilder();
    for (List<String> facts :
        List.of(
            List.of("server-name=own.example", "verify=OK", "cn=other.example"),
            List.of("server-name=own.example", "verify=OK", "cn=own.example"),
            List.of("server-name=tagged.example", "verify=OK", "cert-issuer=/CN=Nobody"),
            List.of("server-name=final.example", "verify=NO"),
            List.of("server-name=later.example", "verify=OK", "bits=128"))) {
      text.append("==== ").append(facts).append('\n');
      SessionRecord record = Policies.session(Role.CLIENT, facts.toArray(String[]::new));
      text.append(explain(decider, record, Hook.TLS_SERVER)).append('\n');
    }
    Golden.same(FOLDER.resolve("names-and-codes.txt"), text.toString());
  }

  @Test
  void otherChecks() throws IOException {
    Decider decider = new Decider(Policies.stock(FOLDER.resolve("access")));
    StringBuilder text = new StringBuilder();
    SessionRecord mail =
        Policies.session(Role.SERVER, "client-addr=192.0.2.1", "from=a@spam.example");
    text.append(explain(decider, mail, Hook.CHECK_MAIL)).append('\n');
    SessionRecord relay =
        Policies.session(
            Role.SERVER,
            "client-name=laptop.example",
            "client-addr=192.0.2.1",
            "verify=FAIL",
            "cert-issuer=/CN=Relay+20CA",
            "from=a@b.example",
            "to=x@remote.example");
    text.append(explain(decider, relay, Hook.CHECK_RCPT)).append('\n');
    SessionRecord broken =
        Policies.session(Role.SERVER, "client-addr=192.0.2.1", "from=a@b@c", "to=x@y..z");
    text.append(explain(decider, broken, Hook.CHECK_RCPT)).append('\n');
    SessionRecord features = Policies.session(Role.SERVER, "client-addr=192.0.2.7");
    text.append(explain(decider, features, Hook.SRV_FEATURES));
    Golden.same(FOLDER.resolve("other-checks.txt"), text.toString());
  }

  @Test
  void aSessionEndsAtItsFirstRefusal(@TempDir Path folder) {
    Decider decider = new Decider(Policies.withAccess(folder, "TLS_Clt:b.example\tVERIFY"));
    SessionRecord record =
        Policies.session(
            Role.SERVER,
            "client-name=b.example",
            "client-addr=192.0.2.1",
            "verify=NO",
            "from=a@b.example",
            "to=postmaster");
    List<Decision> decisions = decider.session(record);
    assertEquals(
        List.of("accept", "454 4.7.0 not authenticated"),
        decisions.stream().map(Decision::answer).toList());
    Decision last = decisions.get(1);
    assertEquals("TLS_connection", java.util.Objects.requireNonNull(last.rule()).ruleSet());
    assertEquals(
        1,
        java.util.Objects.requireNonNull(java.util.Objects.requireNonNull(last.entry()).line())
            .line());
    assertTrue(last.macros().contains("{client_name}"));
  }

  @Test
  void aHookWithoutRulesAccepts() {
    Configuration configuration = Policies.of("Stls_client\nR$*\t$@ OK\n");
    Decision decision =
        new Decider(configuration)
            .decide(Policies.session(Role.CLIENT, "server-name=a.example"), Hook.TLS_SERVER);
    assertEquals("accept", decision.answer());
    assertEquals(false, decision.defined());
  }

  @Test
  void theInnermostRuleThatSpeaksIsTheReason() {
    Configuration configuration =
        Policies.of(
            """
            Stls_client
            R$* $| $*	$@ $>judge $1
            Sjudge
            ROK	$@ OK
            R$*	$@ $>refuse " no good certificate"
            Srefuse
            R$*	$#error $@ 4.7.0 $: 454 $1
            """);
    Decision decision =
        new Decider(configuration)
            .decide(
                Policies.session(Role.SERVER, "client-name=a.example", "verify=NO"),
                Hook.TLS_CLIENT);
    assertEquals("454 4.7.0 no good certificate", decision.answer());
    assertEquals(
        List.of("tls_client", "judge", "refuse"),
        decision.path().stream().map(Place::ruleSet).toList());
    assertEquals("judge", java.util.Objects.requireNonNull(decision.rule()).ruleSet());
    assertEquals("R$*   $@ $>refuse \" no good certificate\"", decision.rule().source());
  }

  @Test
  void aFaultInARuleSetIsNotedAndDoesNotMixUpTheCallers() {
    Configuration configuration =
        Policies.of(
            """
            Stls_client
            R$* $| $*	$: $1 $| $>broken $2
            R$* $| $*	$#error $@ 4.7.0 $: "454 still here"
            Sbroken
            R$*	$: $(nomap $1 $)
            R$*	$@ $1
            """);
    Decision decision =
        new Decider(configuration)
            .decide(
                Policies.session(Role.SERVER, "client-name=a.example", "verify=NO"),
                Hook.TLS_CLIENT);
    assertEquals("554 5.3.0 rewrite: map nomap not found", decision.answer());
    assertEquals(List.of("rewrite: map nomap not found"), decision.faults());
    assertEquals(1, decision.path().size());
  }
}
