package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule sets that break off, or answer what no refusal is: what real sendmail says. */
class BrokenRulesTest {
  private static final String RULES =
      """
      SLoop
      R$*\t\t$: $>Loop $1
      SGrow
      R$* x\t\t$1 x x
      SBreak
      Rnowhere\t$: $>Nowhere x
      Rloop\t\t$: $>Loop x
      Rgrow\t\t$: $>Grow x
      Rmap\t\t$: $(nomap x $)
      Rfine\t\t$#error $@ 2.0.0 $: "250 fine"
      SLocal_check_mail
      R$* mail . $- @ $*\t$: $>Break $2
      SLocal_check_rcpt
      R$* rcpt . $- @ $*\t$: $>Break $2
      Scheck_data
      R$*\t\t$: $&f
      R$* data . $- @ $*\t$: $>Break $2
      """;

  @TempDir Path folder;

  private InProcess gateway() throws Exception {
    Files.writeString(folder.resolve("access"), "");
    Path policy = folder.resolve("broken.cf");
    Files.writeString(policy, Files.readString(Path.of("rulesets/postern.cf")) + RULES);
    return InProcess.start(folder, policy, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nowhere | 554 5.3.5 Unknown ruleset Nowhere",
        "loop    | 554 5.0.0 rewrite: excessive recursion (max 50), ruleset Loop",
        "grow    | 554 5.3.5 Infinite loop in ruleset Grow, rule 1",
        "map     | 554 5.3.0 rewrite: map nomap not found"
      })
  void nothingPassesAPolicyThatCouldNotBeAsked(String how, String reply) throws Exception {
    try (InProcess gateway = gateway();
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      assertEquals(reply, talk.ask("MAIL FROM:<mail." + how + "@c.test>"));
      talk.expect("250", "MAIL FROM:<data." + how + "@c.test>");
      assertEquals(reply, talk.ask("RCPT TO:<rcpt." + how + "@gw.test>"));
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      assertEquals(reply, talk.ask("DATA"));
      talk.expect("250", "NOOP");
      assertTrue(gateway.mail().isEmpty());
    }
  }

  @Test
  void checkDataThatRefusesWith250IsNoRefusal() throws Exception {
    try (InProcess gateway = gateway();
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      talk.expect("250", "MAIL FROM:<data.fine@c.test>");
      talk.expect("250", "RCPT TO:<postmaster@gw.test>");
      talk.expect("354", "DATA");
      talk.raw("Subject: x\r\n\r\nbody\r\n");
      talk.expect("250 2.0.0", ".");
      talk.expect("250", "NOOP");
    }
  }
}
