package postern.offline.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.Decider;
import postern.offline.Decision;
import postern.offline.Hook;
import postern.offline.Place;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verdict;
import postern.policy.Verify;
import postern.source.SourceText;

/** What a judge remembers is what rule sets say when they are asked each time. */
class JudgeMemoryTest {
  /** Rules that look at senders and recipients in all the ways that forbid to mistake them. */
  private static final String OWN_RULES =
      """
      Kmarks regex -aMARK [!%]
      Kdigits regex -aEND -s1 ^bulk-([0-9])
      Kshape regex -aSHAPE -f [a-z]9
      Ksum arith
      Kkeep macro
      SLocal_check_mail
      R$*\t$: $1 $| $&{client_name}
      R< digit $- @ $* > $| $*\t$#error $@ 5.7.1 $: 550 digits $1
      R$* $| dyn $*\t$#error $@ 4.7.1 $: 451 dynamic $1
      R< $- @ $+ > $| $*\t$: < $(digits $1 $) @ $2 > $| $3
      R< $- END @ $+ > $| $*\t$#error $@ 5.7.1 $: 550 bulk $1
      R< $- @ $+ > $| $*\t$: $(keep {from} $@ $1 $) < $1 @ $2 > $| $3
      SLocal_check_rcpt
      R< $- @ $+ >\t$: < $(shape $1 $) @ $2 > $| $&{from} $| $&{verify}
      R< $- SHAPE @ $+ > $| $* $| FAIL\t$#error $@ 5.7.1 $: 550 shape $1 of $3
      R< $- @ $+ > $| $- $| OK\t$: $>Same < $1 @ $2 > $| $3
      R$* < $- @ $+ > $| $* $| $*\t$: < $2 @ $3 >
      R< same $* >\t$#error $@ 5.7.1 $: 550 to oneself
      SSame
      R< $&{from} @ $* > $| $*\t$@ < same $1 >
      R< $- @ $+ > $| $*\t$@ < $1 @ $2 >
      """;

  @TempDir Path folder;

  private Configuration policy(List<String> access) throws Exception {
    Path file = folder.resolve("access");
    Files.write(file, access);
    Configuration made =
        Compiler.compile(
            SourceText.of(
                "policy.cf", Files.readString(Path.of("rulesets", "postern.cf")) + OWN_RULES),
            new Compiler.Settings(
                new Host("gw.example.test", "gw.example.test", List.of()),
                List.of(),
                List.of(new Compiler.Setting("{AccessFile}", file.toString(), false)),
                false,
                false));
    assertEquals(List.of(), made.diagnostics());
    return made;
  }

  private static SessionRecord session(SplittableRandom random) {
    String[] locals = {
      "a",
      "same",
      "user" + random.nextInt(9),
      "bulk-" + random.nextInt(30),
      "b" + random.nextInt(9),
      "x9",
      "postmaster",
      "7",
      "u+tag" + random.nextInt(4),
      "a%b",
      "\"a!b\"",
      "dyn",
      "MARK",
      "known"
    };
    String[] domains = {
      "gw.example.test",
      "client1.example",
      "d" + random.nextInt(9) + ".example",
      "bad.example",
      "sub.bad.example",
      "[192.0.2.7]",
      "",
      "relay.example",
      "digit.example"
    };
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String domain = domains[random.nextInt(i == 0 ? domains.length : 4)];
      String local = locals[random.nextInt(locals.length)];
      addresses.add("<" + local + (domain.isEmpty() ? "" : "@" + domain) + ">");
    }
    Verify[] verify = {Verify.OK, Verify.FAIL, Verify.NO};
    int client = random.nextInt(4);
    PeerFacts peer =
        SessionRecord.peer(
            client == 3 ? "dyn.client.example" : "client" + client + ".example",
            "192.0.2." + client,
            PeerFacts.Resolve.OK);
    int bits = random.nextBoolean() ? 256 : 128;
    TlsFacts tls =
        random.nextInt(4) == 0
            ? null
            : new TlsFacts(
                verify[random.nextInt(3)],
                "TLSv1.3",
                "suite",
                bits,
                bits,
                "",
                "",
                "",
                "",
                "",
                List.of(),
                "");
    boolean out = random.nextInt(6) == 0;
    return new SessionRecord(
        Instant.EPOCH,
        out ? Role.CLIENT : Role.SERVER,
        peer,
        random.nextBoolean() ? "helo.example" : "",
        out && tls == null ? TlsFacts.without(Verify.NONE) : tls,
        SessionRecord.Login.NONE,
        new SessionRecord.Message(
            "",
            out ? "" : random.nextInt(9) == 0 ? "<>" : addresses.get(0),
            random.nextInt(3) == 0 ? addresses.subList(1, 3) : addresses.subList(1, 2),
            Map.of(),
            0),
        Set.of(),
        SessionRecord.Past.UNKNOWN);
  }

  /** What is said at {@code hook}, each time anew: reply, rule and entry. */
  private static String plain(Decider decider, Hook hook, SessionRecord session) {
    Decision decision = decider.decide(session, hook);
    if (decision.verdict() == null || decision.verdict() instanceof Verdict.Accept) {
      return "accept";
    }
    Place rule = decision.rule();
    return decision.answer() + " | " + rule + " | " + Judge.entry(decision);
  }

  private static String words(Ruling ruling) {
    return ruling.kind() == Kind.ACCEPT
        ? "accept"
        : ruling.reply()
            + " | "
            + (ruling.rule().isEmpty() ? "null" : ruling.rule())
            + " | "
            + ruling.entry();
  }

  private static SessionRecord to(SessionRecord session, String recipient) {
    SessionRecord.Message m = session.message();
    return session.withMessage(
        new SessionRecord.Message(
            m.id(), m.sender(), List.of(recipient), m.parameters(), m.size()));
  }

  /** Whether the whole session is refused, asked each time anew. */
  private static boolean refused(Decider decider, SessionRecord session) {
    int refused = 0;
    for (Hook hook : Decider.hooks(session)) {
      if (!hook.perRecipient()) {
        if (decider.decide(session, hook).refuses()) {
          return true;
        }
        continue;
      }
      for (String recipient : session.message().recipients()) {
        refused += decider.decide(to(session, recipient), hook).refuses() ? 1 : 0;
      }
    }
    return refused > 0 && refused == session.message().recipients().size();
  }

  @Test
  void rememberedIsAsAskedEachTime() throws Exception {
    Configuration policy =
        policy(
            List.of(
                "From:bad.example\tREJECT",
                "From:known@\tERROR:5.7.1:550 known here",
                "To:relay.example\tRELAY",
                "To:b3@gw.example.test\tERROR:5.2.1:550 Mailbox disabled",
                "Connect:client2.example\tOK",
                "TLS_Clt:client1.example\tENCR:256",
                "TLS_Srv:client0.example\tPERM+VERIFY",
                "TLS_Rcpt:d3.example\tVERIFY:256"));
    Judge judge = new Judge(policy);
    Decider decider = new Decider(policy);
    SplittableRandom random = new SplittableRandom(6);
    int refusals = 0;
    for (int i = 0; i < 600; i++) {
      SessionRecord session = session(random);
      boolean expected = refused(decider, session);
      refusals += expected ? 1 : 0;
      Kind kind = judge.judge(session).kind();
      assertEquals(expected, kind == Kind.REFUSE, session.toString());
      assertEquals(kind, judge.judge(session).kind(), session.toString());
      for (Hook hook : Decider.hooks(session)) {
        for (String recipient :
            hook.perRecipient() ? session.message().recipients() : List.of("")) {
          SessionRecord one = recipient.isEmpty() ? session : to(session, recipient);
          assertEquals(
              plain(decider, hook, one), words(judge.ask(hook, one)), hook + " " + session);
        }
      }
    }
    assertTrue(refusals > 100 && refusals < 500, "refused: " + refusals);
  }

  @Test
  void wordsThatNobodyKnowsAreAskedForOnce() throws Exception {
    Judge judge = new Judge(policy(List.of("From:bad.example\tREJECT")));
    SplittableRandom random = new SplittableRandom(1);
    SessionRecord session = session(random);
    long before = 0;
    for (int i = 0; i < 50; i++) {
      judge.judge(
          session
              .withTls(null)
              .withMessage(
                  new SessionRecord.Message(
                      "",
                      "<nobody" + i + "@firm" + i + ".example>",
                      List.of("<someone" + i + "@gw.example.test>"),
                      Map.of(),
                      0)));
      if (i == 0) {
        before = judge.evaluations();
      }
    }
    // The rules above show words to expressions: each of those sessions is asked for on its own.
    assertTrue(judge.evaluations() > before, "evaluations: " + judge.evaluations());
    Judge stock =
        new Judge(
            Compiler.compile(
                "rulesets/postern.cf",
                Path.of("rulesets", "postern.cf"),
                Compiler.Settings.plain(
                    new Host("gw.example.test", "gw.example.test", List.of()))));
    for (int i = 0; i < 50; i++) {
      stock.judge(
          session.withMessage(
              new SessionRecord.Message(
                  "",
                  "<nobody" + i + "@firm" + i + ".example>",
                  List.of("<someone" + i + "@gw.example.test>"),
                  Map.of(),
                  0)));
      if (i == 0) {
        before = stock.evaluations();
      }
    }
    assertEquals(before, stock.evaluations());
  }

  @Test
  void expressionsThatCannotTouchWords() {
    for (String good : List.of("[@%!]", "@|%", "(!!)+", "[+,;]*")) {
      assertTrue(Disguise.matchesNoWords(good), good);
    }
    for (String bad :
        List.of("[^@]", "a", "@$", "^!", "!.", "[!-~]", "@{2}", "\\+", "[[:alpha:]]")) {
      assertFalse(Disguise.matchesNoWords(bad), bad);
    }
  }
}
