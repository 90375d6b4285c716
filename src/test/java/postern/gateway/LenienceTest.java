package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.policy.CompiledPolicy;
import postern.policy.RelayPolicy;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.policy.Verify;

/** Options that let pass, or refuse for now only: AllowBogusHELO and SoftBounce. */
class LenienceTest {
  private static final String RULES =
      """
      V10
      Djgw.test
      Cwgw.test
      Scheck_mail
      R$*\t\t$#error $: "550 helo is " $&s
      Stls_server
      RFAIL\t\t$#error $@ 5.7.0 $: "503 not you"
      Stls_rcpt
      R$* later $*\t$#error $@ 4.7.0 $: "450 later"
      R$*\t\t$#error $@ 5.7.0 $: "550 never"
      Scheck_compat
      R$*\t\t$#error $@ 5.7.0 $: "550 never"
      S3
      S0
      R$*\t\t$#local $: $1
      Mlocal, P=[IPC], F=lsDFMqE, S=0, R=0, A=TCP $h
      Mprog, P=[IPC], F=lsDFM, S=0, R=0, A=TCP $h
      """;

  @TempDir Path folder;

  private Path policy() throws Exception {
    return Files.writeString(folder.resolve("small.cf"), RULES);
  }

  @Test
  void aBogusNameIsGreetedButNotBelieved() throws Exception {
    try (InProcess gateway = InProcess.start(folder, policy(), Map.of("AllowBogusHELO", "true"));
        Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "HELO \"x\"");
      assertTrue(talk.ask("MAIL FROM:<a@b.test>").contains("localhost"), "the client's own name");
      talk.expect("250", "HELO good.test");
      assertEquals("550 5.0.0 <a@b.test>... helo is good.test", talk.ask("MAIL FROM:<a@b.test>"));
      talk.expect("250", "HELO x@y");
      assertEquals("550 5.0.0 <a@b.test>... helo is good.test", talk.ask("MAIL FROM:<a@b.test>"));
      talk.expect("250", "HELO two words");
      assertEquals("550 5.0.0 <a@b.test>... helo is two", talk.ask("MAIL FROM:<a@b.test>"));
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 503 5.7.0, 550 5.7.0", "true, 403 4.7.0, 450 4.7.0"})
  void softBounceRefusesNothingForGood(boolean soft, String server, String rcpt) throws Exception {
    Path file = policy();
    List<Compiler.Setting> settings =
        List.of(new Compiler.Setting("SoftBounce", Boolean.toString(soft), false));
    Configuration configuration =
        Compiler.compile(
            file.toString(),
            file,
            new Compiler.Settings(Host.local(), settings, List.of(), false, false));
    CompiledPolicy policy = new CompiledPolicy(configuration);
    RelayPolicy relay = policy.relay();
    relay.connected("mx.test", "192.0.2.9");
    assertTrue(relay.tlsServer(TlsFacts.without(Verify.NONE)).passes());
    assertEquals(server + " not you", line(relay.tlsServer(TlsFacts.without(Verify.FAIL))));
    assertEquals(rcpt + " <u@b.test>... never", line(relay.tlsRcpt("u@b.test")));
    assertEquals("450 4.7.0 <later@b.test>... later", line(relay.tlsRcpt("later@b.test")));
    assertTrue(line(policy.compatible("id", "a@b.test", "u@b.test")).startsWith(rcpt));
  }

  private static String line(Verdict verdict) {
    return ((Verdict.Reject) verdict).line();
  }
}
