package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import postern.cf.Compiler;
import postern.cf.Host;
import postern.policy.CompiledPolicy;
import postern.policy.Policy;
import postern.policy.Verdict;
import postern.queue.Delivery;
import postern.queue.Outcome;
import postern.smtp.Envelope;
import postern.smtp.Route;
import postern.source.SourceText;

/** {@code check_compat} before each delivery: real sendmail's arguments and classes. */
class CompatibleAgentTest {
  private static final String RULES =
      """
      V10
      Scheck_compat
      R<s@a.test> $| <perm@b.test>	$#error $@ 5.7.1 $: "550 5.7.1 not these two"
      R$* $| <temp@b.test>	$#error $@ 4.7.1 $: "451 4.7.1 not now " $&i
      R$* $| <word@b.test>	$#error $@ nouser $: nobody here
      R$* $| <gone@b.test>	$#discard $: discard
      R$* $| <held@b.test>	$#error $@ quarantine $: held up
      R$* $| <loop@b.test>	$: $>check_compat $1 $| <loop@b.test>
      """;

  private final List<String> log = new ArrayList<>();
  private final List<String> handed = new ArrayList<>();

  private List<String> deliver(String rules, String sender, String... users) throws Exception {
    Compiler.Settings settings =
        new Compiler.Settings(Host.local(), List.of(), List.of(), false, false);
    Policy policy =
        new CompiledPolicy(Compiler.compile(SourceText.of("compat.cf", rules), settings));
    CompatibleAgent agent =
        new CompatibleAgent(
            delivery -> {
              List<Outcome> sent = new ArrayList<>();
              for (Envelope.Recipient to : delivery.envelope().recipients()) {
                handed.add(to.address());
                sent.add(
                    new Outcome.Delivered(
                        "r", "2.0.0", "Sent " + to.address(), "", Outcome.Report.RELAYED));
              }
              return CompletableFuture.completedFuture(sent);
            },
            () -> policy,
            (id, from, to, verdict) ->
                log.add(
                    from
                        + " "
                        + to
                        + " "
                        + (verdict instanceof Verdict.Reject no ? no.line() : verdict.toString())),
            Runnable::run);
    List<Envelope.Recipient> recipients =
        Arrays.stream(users)
            .map(
                u ->
                    new Envelope.Recipient(
                        u + "@b.test", "", "", new Route("esmtp", "b.test", u + "@b.test")))
            .toList();
    Envelope envelope =
        new Envelope("Q1", sender, recipients, "", "", "", false, Instant.EPOCH, "");
    return agent
        .deliver(new Delivery(envelope, 0, InputStream::nullInputStream, false, 0))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .stream()
        .map(CompatibleAgentTest::show)
        .toList();
  }

  private static String show(Outcome outcome) {
    String kind = outcome.getClass().getSimpleName();
    return kind + " " + outcome.dsn() + " " + outcome.stat();
  }

  @Test
  void eachRecipientHasItsOwnAnswer() throws Exception {
    assertEquals(
        List.of(
            "Delivered 2.0.0 Sent first@b.test",
            "Permanent 5.7.1 Service unavailable",
            "Temporary 4.7.1 Deferred: 451 4.7.1 not now Q1",
            "Delivered 2.0.0 Sent last@b.test"),
        deliver(RULES, "s@a.test", "first", "perm", "temp", "last"));
    assertEquals(List.of("first@b.test", "last@b.test"), handed);
    assertEquals(
        List.of(
            "s@a.test perm@b.test 550 5.7.1 <perm@b.test>... not these two",
            "s@a.test temp@b.test 451 4.7.1 not now Q1"),
        log);
  }

  @Test
  void anotherSenderMayWrite() throws Exception {
    assertEquals(List.of("Delivered 2.0.0 Sent perm@b.test"), deliver(RULES, "t@a.test", "perm"));
    assertEquals(List.of(), log);
  }

  @Test
  void whoIsDiscardedIsNotTriedAgainAndNobodyHears() throws Exception {
    assertEquals(List.of("Delivered 2.0.0 discarded"), deliver(RULES, "s@a.test", "gone"));
    assertEquals(List.of(), handed);
  }

  @Test
  void aQuarantineIsOnlyNoted() throws Exception {
    assertEquals(List.of("Delivered 2.0.0 Sent held@b.test"), deliver(RULES, "", "held"));
    assertEquals(1, log.size());
  }

  @Test
  void rulesThatBreakOffPutTheMailOff() throws Exception {
    assertEquals(
        List.of("Temporary"),
        deliver(RULES, "s@a.test", "loop").stream()
            .map(o -> o.substring(0, o.indexOf(' ')))
            .toList());
    assertEquals(List.of(), handed);
  }

  @Test
  void withoutRulesNothingIsAsked() throws Exception {
    assertEquals(List.of("Delivered 2.0.0 Sent perm@b.test"), deliver("V10\n", "s@a.test", "perm"));
  }
}
