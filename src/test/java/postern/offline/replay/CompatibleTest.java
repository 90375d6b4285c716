package postern.offline.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Explanation;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.source.SourceText;

/** {@code check_compat} is asked of each delivery before anything else. */
class CompatibleTest {
  private static final String RULES =
      """
      V10/Berkeley
      O OperatorChars=.:%@!^/[]+
      Mlocal, P=[LOCAL], F=l, A=LOCAL $u
      S0
      R$*\t$#local $: $1
      Scheck_compat
      R<$-@a.example> $| <$-@b.example>\t$#error $@ 5.7.1 $: "550 not to them"
      R<$-@a.example> $| <$-@c.example>\t$#discard $: discard
      Stls_server
      RNO\t$#error $@ 4.7.0 $: "454 no certificate"
      """;

  private static final Configuration POLICY =
      Compiler.compile(
          SourceText.of("test.cf", RULES),
          Compiler.Settings.plain(new Host("gw.example.test", "gw.example.test", List.of())));

  private static SessionRecord delivery(String from, String verify, String recipients) {
    Facts facts = new Facts();
    facts.set("server-name", "mx.b.example");
    facts.set("from", from);
    facts.set("verify", verify);
    for (String to : recipients.split(" ", -1)) {
      facts.set("to", to);
    }
    return facts.record(Role.CLIENT);
  }

  @ParameterizedTest
  @CsvSource({
    "x@a.example, OK, y@b.example, REFUSE, CHECK_COMPAT, 0",
    "x@a.example, NO, y@b.example, REFUSE, CHECK_COMPAT, 0",
    "x@other.example, NO, y@b.example, REFUSE, TLS_SERVER, 0",
    "x@a.example, OK, y@b.example z@d.example, ACCEPT, CHECK_COMPAT, 1",
    "x@a.example, NO, y@b.example z@d.example, REFUSE, TLS_SERVER, 0",
    "x@a.example, OK, y@c.example, DISCARD, CHECK_COMPAT, 0"
  })
  void deliveriesAreJudged(
      String from, String verify, String to, Kind kind, Hook hook, int refused) {
    Ruling ruling = new Judge(POLICY).judge(delivery(from, verify, to));
    assertEquals(kind, ruling.kind());
    assertEquals(hook, ruling.hook());
    assertEquals(refused, ruling.recipientsRefused());
  }

  @Test
  void itIsExplained() {
    SessionRecord record = delivery("x@a.example", "OK", "y@b.example");
    List<Decision> decisions = new Decider(POLICY).session(record);
    assertEquals(1, decisions.size());
    assertEquals("550 5.7.1 <y@b.example>... not to them", decisions.get(0).answer());
    assertEquals("test.cf:7", String.valueOf(decisions.get(0).rule()));
    String text = new Explanation(record, decisions.get(0), List.of()).text();
    assertEquals(
        "Refused for good: 550 5.7.1 <y@b.example>... not to them",
        text.lines().findFirst().orElse(""));
    assertEquals(
        List.of(Hook.CHECK_COMPAT, Hook.TLS_SERVER, Hook.TLS_RCPT),
        new Decider(POLICY)
            .session(delivery("x@other.example", "OK", "y@b.example")).stream()
                .map(Decision::hook)
                .toList());
  }

  @Test
  void anIncomingSessionHasNone() {
    Facts facts = new Facts();
    Map.of("client-name", "mx.a.example", "from", "x@a.example", "to", "y@b.example")
        .forEach(facts::set);
    assertEquals(Kind.ACCEPT, new Judge(POLICY).judge(facts.record(Role.SERVER)).kind());
  }
}
