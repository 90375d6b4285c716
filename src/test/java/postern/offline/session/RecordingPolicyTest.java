package postern.offline.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.Facts;
import postern.offline.Hook;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.replay.Judge;
import postern.policy.OutgoingMail;
import postern.policy.PeerFacts;
import postern.policy.RelayPolicy;
import postern.policy.SessionPolicy;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** What a gateway records: replayed under the same policy it is decided alike, hook by hook. */
class RecordingPolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @TempDir Path folder;

  private final StringBuilder log = new StringBuilder();

  private Configuration configuration() throws Exception {
    Path access = folder.resolve("access");
    Files.writeString(
        access,
        """
        TLS_Clt:mx.bank.example	VERIFY:256
        TLS_Srv:in.far.example	PERM+VERIFY
        TLS_Rcpt:ceo@near.example	VERIFY+CN:ceo.example
        From:spam.example	REJECT
        To:gw.example.test	RELAY
        To:closed@gw.example.test	ERROR:5.2.1:550 Mailbox disabled
        """);
    return Compiler.compile(
        "rulesets/postern.cf",
        Path.of("rulesets", "postern.cf"),
        new Compiler.Settings(
            new Host("gw.example.test", "gw.example.test", List.of()),
            List.of(),
            List.of(new Compiler.Setting("{AccessFile}", access.toString(), false)),
            false,
            false));
  }

  private static TlsFacts tls(String verify, String bits) {
    Facts facts = new Facts();
    facts.set("verify", verify);
    facts.set("bits", bits);
    facts.set("cn", "mx.bank.example");
    return java.util.Objects.requireNonNull(facts.record(Role.SERVER).tls());
  }

  private static PeerFacts peer(String name) {
    return SessionRecord.peer(name, "192.0.2.25", PeerFacts.Resolve.OK);
  }

  private void message(SessionPolicy session, String from, String... to) {
    if (session.mail("6ANDr7OL015993", from, Map.of()).passes()) {
      for (String each : to) {
        session.rcpt(each, Map.of());
      }
      session.data(to.length);
      session.endOfMessage(1234);
    }
    session.reset();
  }

  @Test
  void replayedAlikeHookByHook() throws Exception {
    Configuration configuration = configuration();
    RecordingPolicy policy =
        new RecordingPolicy(
            configuration, user -> true, Clock.fixed(NOW, ZoneOffset.UTC), log::append);
    for (String verify : List.of("OK", "FAIL", "NO")) {
      for (String bits : List.of("256", "128")) {
        SessionPolicy session = policy.session(peer("mx.bank.example"));
        session.checkRelay();
        session.tlsStarted(tls(verify, bits));
        session.helo(true, "mx.bank.example");
        message(session, "<a@bank.example>", "<joe@gw.example.test>", "<closed@gw.example.test>");
        message(session, "<x@spam.example>", "<joe@gw.example.test>");
        session.closed();
      }
    }
    SessionPolicy plain = policy.session(peer("mx.bank.example"));
    plain.checkRelay();
    message(plain, "<a@bank.example>", "<joe@gw.example.test>");
    plain.closed();
    SessionPolicy idle = policy.session(peer("idle.example"));
    idle.checkRelay();
    idle.closed();
    for (String server : List.of("in.far.example", "in.near.example")) {
      for (TlsFacts facts : List.of(tls("OK", "256"), TlsFacts.without(Verify.NONE))) {
        RelayPolicy relay = policy.relay();
        relay.message(
            new OutgoingMail("6AQ1", "a@b.test", server, "ceo@near.example", 99, "env", 2));
        relay.connected(server, "192.0.2.9");
        relay.tryTls();
        if (relay.tlsServer(facts).passes()) {
          relay.tlsRcpt("ceo@near.example");
          relay.tlsRcpt("u@near.example");
        }
      }
    }

    List<RecordedSession> sessions = new ArrayList<>();
    SessionJson.Reader reader =
        new SessionJson.Reader(
            "log", new ByteArrayInputStream(log.toString().getBytes(StandardCharsets.UTF_8)));
    RecordedSession next;
    while ((next = reader.next()) != null) {
      sessions.add(next);
    }
    assertEquals(21, sessions.size());
    Judge judge = new Judge(configuration);
    int decisions = 0;
    int refusals = 0;
    for (RecordedSession session : sessions) {
      assertTrue(session.complete());
      assertEquals(NOW, session.facts().time());
      for (Answered then : session.answers()) {
        if (then.hook() == Hook.CHECK_DATA || then.hook() == Hook.CHECK_EOM) {
          continue;
        }
        SessionRecord facts = session.facts();
        SessionRecord.Message m = facts.message();
        if (then.hook().perRecipient()) {
          facts =
              facts.withMessage(
                  new SessionRecord.Message(
                      m.id(), m.sender(), List.of(then.argument()), m.parameters(), m.size()));
        }
        var now = judge.ask(then.hook(), facts);
        assertEquals(then.reply(), now.reply(), session.facts() + " " + then);
        if (then.refuses()) {
          refusals++;
          assertEquals(then.rule(), now.rule(), then.toString());
          assertEquals(then.entry(), now.entry(), then.toString());
        }
        decisions++;
      }
    }
    SessionRecord delivery = sessions.get(sessions.size() - 1).facts();
    assertEquals("6AQ1", delivery.message().id());
    assertEquals("<a@b.test>", delivery.message().sender());
    assertEquals(99, delivery.message().size());
    assertEquals(Map.of("ENVID", "env", SessionRecord.TRIES, "2"), delivery.message().parameters());
    assertTrue(decisions > 60, "decisions: " + decisions);
    assertTrue(refusals > 15, "refusals: " + refusals);
    assertTrue(log.indexOf("\"macros\":{\"{TLS_Name}\"") > 0 || log.indexOf("{verify}") > 0);
  }
}
