package postern.offline.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postern.offline.replay.Kind;
import postern.offline.replay.Tally;
import postern.offline.session.RecordedSession;
import postern.offline.session.SessionJson;

/**
 * Messages that something refused or dropped which a replay does not ask again: rule sets behind
 * the envelope, header checks, milters, missing mailboxes. Lines as sendmail 8.17 and Postfix 3.7
 * write them.
 */
class RefusedElsewhereTest {
  private static final String SENDMAIL = "Nov 26 16:01:23 gw sendmail[190]: 6AQG1Nrx019018: ";
  private static final String RELAY = "relay=mx.bank.example [192.0.2.25]";
  private static final String ARRIVAL =
      "from=<a@plain.example>, size=224, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, " + RELAY;
  private static final String SMTPD = "Nov 26 16:11:02 gw postfix/smtpd[172]: ";
  private static final String CLEANUP = "Nov 26 16:11:02 gw postfix/cleanup[176]: ";
  private static final String PEER = "mx.bank.example[192.0.2.25]";
  private static final String ID = "4jb1kG0b2mzFKlv: ";
  private static final String ENVELOPE =
      "; from=<a@plain.example> to=<joe@gw.example> proto=ESMTP helo=<mx.bank.example>";

  @TempDir Path folder;

  private LogCounts counts = new LogCounts();

  private List<RecordedSession> read(String... lines) throws Exception {
    Path log = folder.resolve("log");
    Files.writeString(log, String.join("\n", lines) + "\n", StandardCharsets.ISO_8859_1);
    List<RecordedSession> sessions = new ArrayList<>();
    LogReader reader = new LogReader(ZoneOffset.UTC, sessions::add, () -> false);
    for (LogInput input : LogInput.of(List.of(log.toString()), Instant.now())) {
      reader.read(input);
    }
    reader.finish();
    counts = reader.counts();
    return sessions;
  }

  private static RecordedSession only(List<RecordedSession> sessions) {
    assertEquals(1, sessions.size(), sessions.toString());
    return sessions.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ruleset=CheckSubject, arg1= forbidden 26, "
            + RELAY
            + ", reject=550 5.7.1 Subject refused"
            + "|CheckSubject: 550 5.7.1 Subject refused",
        "ruleset=check_mid, arg1=<x, relay=y>, " + RELAY + ", discard|check_mid: discard",
        "ruleset=check_eom, arg1=219, "
            + RELAY
            + ", reject=450 4.7.0 Not this one"
            + "|check_eom: 450 4.7.0 Not this one",
        "Milter: data, reject=554 5.7.1 virus|milter: 554 5.7.1 virus",
        "Milter: data, reject=451 4.3.2 Please try again later"
            + "|milter: 451 4.3.2 Please try again later",
        "Milter: data, discard|milter: discard"
      })
  void sendmailAtTheDataStage(String line, String elsewhere) throws Exception {
    RecordedSession session =
        only(
            read(
                "Nov 26 16:01:22 gw sendmail[190]: NOQUEUE: connect from mx.bank.example [192.0.2.25]",
                SENDMAIL + ARRIVAL,
                SENDMAIL + line,
                SENDMAIL + "to=<joe@gw.example>, delay=00:00:00, pri=30224, stat=refused"));
    assertEquals(elsewhere, session.elsewhere());
    assertEquals(Kind.ELSEWHERE, Tally.then(session).kind());
    assertEquals(List.of("<joe@gw.example>"), session.facts().message().recipients());
    assertEquals("<a@plain.example>", session.facts().message().sender());
    assertEquals(4, counts.used());
    assertEquals(0, counts.incomplete());
  }

  @Test
  void sendmailBeforeTheMessageItself() throws Exception {
    RecordedSession session =
        only(
            read(
                SENDMAIL + "ruleset=check_data, arg1=3, " + RELAY + ", reject=550 5.5.0 Too many",
                SENDMAIL + ARRIVAL.replace("nrcpts=1", "nrcpts=3")));
    assertEquals("check_data: 550 5.5.0 Too many", session.elsewhere());
    assertEquals(0, counts.incomplete());
  }

  @ParameterizedTest
  @ValueSource(strings = {"check_vrfy", "check_expn", "check_etrn", "trust_auth", "check_compat"})
  void refusedCommandsRefuseNoMessage(String ruleset) throws Exception {
    String refused = "ruleset=" + ruleset + ", arg1=x, " + RELAY + ", reject=550 5.7.1 No";
    RecordedSession session =
        only(
            read(
                SENDMAIL + refused,
                SENDMAIL + ARRIVAL,
                SENDMAIL + "to=<joe@gw.example>, delay=00:00:00, mailer=local, stat=Sent"));
    assertEquals(Kind.ACCEPT, Tally.then(session).kind());
  }

  @Test
  void aMilterRefusesOneOfTwoRecipients() throws Exception {
    RecordedSession session =
        only(
            read(
                "Nov 26 16:01:22 gw sendmail[190]: NOQUEUE: connect from mx.bank.example [192.0.2.25]",
                SENDMAIL + "Milter: to=<m@gw.example>, reject=550 5.7.1 no",
                SENDMAIL + ARRIVAL,
                SENDMAIL + "to=<joe@gw.example>, delay=00:00:00, mailer=local, stat=Sent"));
    assertEquals("", session.elsewhere());
    assertEquals(Kind.ACCEPT, Tally.then(session).kind());
    // Nobody may be told that a new policy refuses a recipient whom it never mattered to.
    assertEquals(List.of("<joe@gw.example>"), session.facts().message().recipients());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Milter: to=<m@gw.example>, reject=550 5.7.1 no|milter: 550 5.7.1 no|<m@gw.example>",
        "<nobody@gw.example>... User unknown|recipients: 550 User unknown|<nobody@gw.example>"
      })
  void allRecipientsAreLost(String line, String elsewhere, String recipient) throws Exception {
    RecordedSession session =
        only(
            read(
                "Nov 26 16:01:22 gw sendmail[190]: NOQUEUE: connect from mx.bank.example [192.0.2.25]",
                SENDMAIL + line,
                SENDMAIL + ARRIVAL.replace("nrcpts=1", "nrcpts=0")));
    assertEquals(elsewhere, session.elsewhere());
    assertEquals(List.of(recipient), session.facts().message().recipients());
  }

  @ParameterizedTest
  @ValueSource(strings = {"from=<a@plain.example>", "helo=mx", "connect: host=mx, addr=192.0.2.25"})
  void aMilterRefusesEarly(String what) throws Exception {
    RecordedSession session =
        only(
            read(
                "Nov 26 16:01:22 gw sendmail[190]: NOQUEUE: connect from mx.bank.example [192.0.2.25]",
                SENDMAIL + "Milter: " + what + ", reject=550 5.7.1 no",
                SENDMAIL + ARRIVAL.replace("nrcpts=1", "nrcpts=0")));
    assertEquals("milter: 550 5.7.1 no", session.elsewhere());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "milter-reject: END-OF-MESSAGE from "
            + PEER
            + ": 5.7.1 virus"
            + ENVELOPE
            + "|milter: 550 5.7.1 virus",
        "milter-reject: END-OF-MESSAGE from "
            + PEER
            + ": 4.7.1 Service unavailable"
            + ENVELOPE
            + "|milter: 450 4.7.1 Service unavailable",
        "milter-discard: END-OF-MESSAGE from "
            + PEER
            + ": milter triggers DISCARD action"
            + ENVELOPE
            + "|milter: discard",
        "reject: header Subject: mail from x[1]; from=<y> from "
            + PEER
            + ENVELOPE
            + ": 5.7.1 no"
            + "|header_checks: 550 5.7.1 no",
        "reject: body bad words from "
            + PEER
            + ENVELOPE
            + ": 5.7.1 no"
            + "|header_checks: 550 5.7.1 no",
        "discard: header Subject: lose 9 from " + PEER + ENVELOPE + ": no|header_checks: discard",
        "hold: header Subject: odd from " + PEER + ENVELOPE + ": look at it|",
        "milter-hold: END-OF-MESSAGE from "
            + PEER
            + ": milter triggers HOLD action"
            + ENVELOPE
            + "|"
      })
  void postfixCleanup(String line, String elsewhere) throws Exception {
    RecordedSession session =
        only(
            read(
                SMTPD + "connect from " + PEER,
                SMTPD + ID + "client=" + PEER,
                CLEANUP + ID + line,
                SMTPD + "disconnect from " + PEER + " ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"));
    assertEquals(elsewhere == null ? "" : elsewhere, session.elsewhere());
    assertEquals(elsewhere == null ? Kind.ACCEPT : Kind.ELSEWHERE, Tally.then(session).kind());
    assertEquals("<a@plain.example>", session.facts().message().sender());
    assertEquals(List.of("<joe@gw.example>"), session.facts().message().recipients());
    assertEquals("mx.bank.example", session.facts().helo());
    assertEquals(4, counts.used());
    assertEquals(0, counts.incomplete());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ID + "|reject: END-OF-MESSAGE from %s: 450 4.7.0 <a@b>: Not now|ELSEWHERE",
        ID + "|reject: DATA from %s: 550 5.5.3 <DATA>: Data command rejected|ELSEWHERE",
        "NOQUEUE: |milter-reject: RCPT from %s: 550 5.7.1 no|ELSEWHERE",
        "NOQUEUE: |milter-reject: MAIL from %s: 550 5.7.1 no|ELSEWHERE",
        "NOQUEUE: |milter-reject: CONNECT from %s: 550 5.7.1 no|ELSEWHERE",
        "NOQUEUE: |reject: RCPT from %s: 550 5.1.1 <joe@gw.example>: Recipient address rejected: "
            + "User unknown in local recipient table|ELSEWHERE",
        "NOQUEUE: |reject: RCPT from %s: 554 5.7.1 <joe@gw.example>: Relay access denied|REFUSE",
        "NOQUEUE: |reject: CONNECT from %s: 554 5.7.1 <x>: Client host rejected|REFUSE",
        "NOQUEUE: |reject_warning: RCPT from %s: 554 5.7.1 <x>: Relay access denied|ACCEPT",
        "NOQUEUE: |warning: RCPT from %s: odd|ACCEPT"
      })
  void postfixSmtpd(String id, String line, Kind kind) throws Exception {
    List<String> lines = new ArrayList<>(List.of(SMTPD + "connect from " + PEER));
    if (id.equals(ID.strip())) {
      lines.add(SMTPD + ID + "client=" + PEER);
    }
    lines.add(SMTPD + id + (id.endsWith(" ") ? "" : " ") + line.formatted(PEER) + ENVELOPE);
    lines.add(SMTPD + "disconnect from " + PEER + " ehlo=1 mail=1 rcpt=1 commands=3");
    RecordedSession session = only(read(lines.toArray(new String[0])));
    assertEquals(kind, Tally.then(session).kind(), session.toString());
    assertEquals(kind != Kind.ELSEWHERE, session.elsewhere().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "NOQUEUE: , discard, DISCARD",
    "NOQUEUE: , hold, QUARANTINE",
    "4jb1kG0b2mzFKlv: , discard, DISCARD"
  })
  void postfixDropsAndHoldsByTable(String id, String word, Kind kind) throws Exception {
    String client = SMTPD + ID + "client=" + PEER;
    String dropped =
        SMTPD + id + " " + word + ": RCPT from " + PEER + ": <joe@gw.example>: triggers" + ENVELOPE;
    boolean early = id.startsWith("NOQUEUE");
    RecordedSession session =
        only(
            read(
                SMTPD + "connect from " + PEER,
                early ? dropped : client,
                early ? client : dropped,
                SMTPD + "disconnect from " + PEER + " ehlo=1 mail=1 rcpt=1 data=1 commands=4"));
    assertEquals(kind, Tally.then(session).kind());
    assertEquals("4jb1kG0b2mzFKlv", session.facts().message().id());
    assertEquals(List.of("<joe@gw.example>"), session.facts().message().recipients());
  }

  @Test
  void refusalsBeforeTheIdBelongToTheMessageThoughTheConnectionIsOver() throws Exception {
    RecordedSession session =
        only(
            read(
                SMTPD + "connect from " + PEER,
                SMTPD + "NOQUEUE: milter-reject: RCPT from " + PEER + ": 550 5.7.1 no" + ENVELOPE,
                SMTPD + ID + "client=" + PEER,
                SMTPD + "disconnect from " + PEER + " ehlo=1 mail=1 rcpt=1/2 data=1 commands=4/5",
                "Nov 26 16:11:02 gw postfix/qmgr[1]: "
                    + ID
                    + "from=<a@plain.example>, size=42, nrcpt=1 (queue active)",
                "Nov 26 16:11:02 gw postfix/local[2]: "
                    + ID
                    + "to=<ann@gw.example>, relay=local, delay=1, status=sent (x)"));
    assertEquals(List.of("<ann@gw.example>"), session.facts().message().recipients());
    assertEquals(Kind.ACCEPT, Tally.then(session).kind());
  }

  @Test
  void recordsKeepIt() throws Exception {
    RecordedSession session =
        only(
            read(
                SENDMAIL + ARRIVAL,
                SENDMAIL + "Milter: data, discard",
                SENDMAIL + "to=<joe@gw.example>, delay=00:00:00, stat=discarded"));
    StringWriter text = new StringWriter();
    SessionJson.write(session.facts(), List.of(), text);
    assertTrue(text.toString().contains("\"past\":{\"hook\":\"milter\",\"reply\":\"discard\"}"));
    RecordedSession again =
        new SessionJson.Reader(
                "text",
                new java.io.ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)))
            .next();
    assertEquals("milter: discard", again == null ? "" : again.elsewhere());
  }
}
