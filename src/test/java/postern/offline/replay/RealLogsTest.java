package postern.offline.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.cf.Compiler;
import postern.cf.Configuration;
import postern.cf.Host;
import postern.offline.log.LogInput;
import postern.offline.session.Answered;
import postern.offline.session.RecordedSession;

/**
 * Logs of a sendmail 8.17.1 and a Postfix 3.7.11 that ran through TLS sessions of all kinds, in and
 * out, under the access maps beside them (Postfix under restrictions that mean the same): the
 * replay gives the verdicts that the real servers gave.
 */
class RealLogsTest {
  private static final Path LOGS = Path.of("src", "test", "resources", "logs");

  private static Judge judge(String access) {
    Configuration configuration =
        Compiler.compile(
            "rulesets/postern.cf",
            Path.of("rulesets", "postern.cf"),
            new Compiler.Settings(
                new Host("gw.example.test", "gw.example.test", List.of()),
                List.of(),
                List.of(
                    new Compiler.Setting(
                        "{AccessFile}", LOGS.resolve(access).toAbsolutePath().toString(), false)),
                false,
                false));
    return new Judge(configuration);
  }

  static List<RecordedSession> sessions(String... logs) throws Exception {
    List<String> names = new ArrayList<>();
    for (String log : logs) {
      names.add(LOGS.resolve(log).toString());
    }
    List<RecordedSession> sessions = new ArrayList<>();
    new Replay(LogInput.of(names, Instant.parse("2026-12-01T00:00:00Z")), ZoneOffset.UTC)
        .run(sessions::add);
    return sessions;
  }

  @Test
  void sendmailSaidTheSameToTheLetter() throws Exception {
    Judge judge = judge("sendmail.access");
    List<RecordedSession> sessions = sessions("sendmail-14.log");
    assertEquals(48, sessions.size());
    int refused = 0;
    for (RecordedSession session : sessions) {
      Ruling ruling = judge.judge(session.facts());
      Answered then = session.refusal();
      String place = session.source() + ":" + session.line() + " " + session.facts();
      if (then == null) {
        assertEquals(Tally.then(session).kind(), ruling.kind(), place);
        assertEquals(Tally.then(session).recipientsRefused(), ruling.recipientsRefused(), place);
      } else {
        refused++;
        assertEquals(Kind.REFUSE, ruling.kind(), place);
        assertTrue(then.hook() == ruling.hook(), place);
        assertEquals(then.reply(), ruling.reply(), place);
      }
    }
    assertEquals(24, refused);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postfix-1.log", "postfix-2.log"})
  void postfixRefusedTheSameSessions(String log) throws Exception {
    Judge judge = judge("postfix.access");
    List<RecordedSession> sessions = sessions(log);
    assertEquals(47, sessions.size());
    int refused = 0;
    for (RecordedSession session : sessions) {
      Ruling ruling = judge.judge(session.facts());
      String place = session.source() + ":" + session.line() + " " + session.facts();
      assertEquals(Tally.then(session).kind(), ruling.kind(), place);
      assertEquals(Tally.then(session).recipientsRefused(), ruling.recipientsRefused(), place);
      refused += ruling.kind() == Kind.REFUSE ? 1 : 0;
    }
    assertEquals(17, refused);
  }

  @Test
  void whatALogDoesNotHoldIsSaid() throws Exception {
    // At LogLevel 9 sendmail does not log the names in certificates.
    Judge judge = judge("sendmail.access");
    List<String> open = new ArrayList<>();
    for (RecordedSession session : sessions("sendmail-9.log")) {
      Ruling ruling = judge.judge(session.facts());
      Kind then = Tally.then(session).kind();
      if (ruling.kind() == Kind.DEPENDS) {
        open.add(session.facts().peer().name() + ": " + ruling.words());
        assertTrue(
            ruling.alternatives().stream().anyMatch(way -> way.ruling().kind() == then),
            ruling.words());
      } else if (then != Kind.DISCARD) { // recipients that were dropped are not named at this level
        assertEquals(then, ruling.kind(), session.toString());
      }
    }
    assertTrue(
        open.contains(
            "mail.shop.example: refused, or accepted if the certificate's CN is mail.shop.example"),
        open.toString());
    assertEquals(3, open.size(), open.toString());
  }
}
