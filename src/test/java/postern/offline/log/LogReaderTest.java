package postern.offline.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postern.offline.Fact;
import postern.offline.Role;
import postern.offline.SessionRecord;
import postern.offline.session.RecordedSession;
import postern.policy.PeerFacts;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** Forms of logs, one by one. */
class LogReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final String TLS =
      "STARTTLS=server, relay=mx.bank.example [192.0.2.25], version=TLSv1.3, verify=OK, "
          + "cipher=TLS_AES_256_GCM_SHA384, bits=256/256";
  private static final String FROM =
      "6ANDr7OL015993: from=<a@bank.example>, size=14, class=0, nrcpts=1, proto=ESMTPS, "
          + "daemon=MTA, relay=mx.bank.example [192.0.2.25]";
  private static final String TO =
      "6ANDr7OL015993: to=<joe@example.org>, delay=00:00:00, mailer=local, pri=30014, stat=queued";

  @TempDir Path folder;

  private final List<RecordedSession> sessions = new ArrayList<>();
  private LogCounts counts = new LogCounts();

  private SessionRecord only(byte[] log) throws Exception {
    Path file = folder.resolve("log");
    Files.write(file, log);
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    read(ZoneOffset.UTC, file.toString());
    assertEquals(1, sessions.size(), sessions.toString());
    return sessions.get(0).facts();
  }

  private void read(ZoneId zone, String... names) throws Exception {
    LogReader reader = new LogReader(zone, sessions::add, () -> false);
    for (LogInput input : LogInput.of(List.of(names), NOW)) {
      reader.read(input);
    }
    reader.finish();
    counts = reader.counts();
  }

  private static byte[] lines(String head, String... messages) {
    StringBuilder text = new StringBuilder();
    for (String message : messages) {
      text.append(head).append(message).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Nov 23 13:53:07 gw sm-mta[15993]: |2026-11-23T13:53:07Z",
        "<22>Nov 23 13:53:07 gw sendmail[15993]: |2026-11-23T13:53:07Z",
        "Dec 31 23:59:59 gw sendmail[15993]: |2025-12-31T23:59:59Z",
        "2026-11-23T13:53:07.250+01:00 gw sm-mta[15993]: |2026-11-23T12:53:07.250Z",
        "2026-11-23T13:53:07Z gw sm-mta[15993]: |2026-11-23T13:53:07Z",
        "<22>1 2026-11-23T13:53:07.5Z gw sm-mta 15993 - - |2026-11-23T13:53:07.500Z",
        "<22>1 2026-11-23T13:53:07Z gw sm-mta 15993 ID [a@1 b=\"]\\\"\"][c@2] |2026-11-23T13:53:07Z"
      })
  void stampsOfAllKinds(String head, String time) throws Exception {
    SessionRecord session =
        only(lines(head + " ".repeat(head.endsWith(" ") ? 0 : 1), TLS, FROM, TO));
    assertEquals(Instant.parse(time), session.time());
    assertEquals("mx.bank.example", session.peer().name());
    assertEquals(List.of("<joe@example.org>"), session.message().recipients());
    TlsFacts tls = session.tls();
    assertNotNull(tls);
    assertEquals(Verify.OK, tls.verify());
    assertEquals(256, tls.cipherBits());
    assertTrue(session.unknown().contains(Fact.CN_SUBJECT));
    assertEquals(3, counts.used());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sendmail-tls", "sm-mta-in", "sm-msp-queue", "SENDMAIL"})
  void instancesHaveTagsOfTheirOwn(String tag) throws Exception {
    only(lines("Nov 23 13:53:07 gw " + tag + "[1]: ", TLS, FROM, TO));
    assertEquals(3, counts.used());
  }

  @Test
  void aCommaInQuotesIsPartOfAnAddress() throws Exception {
    String to = TO.replace("<joe@example.org>", "<\"a,b\"@example.org>,<k@example.org>");
    String from = FROM.replace("nrcpts=1", "nrcpts=2");
    assertEquals(
        List.of("<\"a,b\"@example.org>", "<k@example.org>"),
        only(lines("Nov 23 13:53:07 gw sm-mta[1]: ", TLS, from, to)).message().recipients());
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gzip", "zstd"})
  void packedOrNot(String how) throws Exception {
    byte[] plain = lines("Nov 23 13:53:07 gw sm-mta[1]: ", TLS, FROM, TO);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        how.equals("gzip")
            ? new GZIPOutputStream(bytes)
            : how.equals("zstd") ? new ZstdOutputStream(bytes) : bytes) {
      out.write(plain);
    }
    assertNotNull(only(bytes.toByteArray()).tls());
  }

  @Test
  void aJournal() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String message : List.of(TLS, FROM, TO)) {
      bytes.write(
          """
          __CURSOR=s=1
          __REALTIME_TIMESTAMP=1795442000123456
          _HOSTNAME=gw
          _PID=7
          SYSLOG_IDENTIFIER=sm-mta
          """
              .getBytes(StandardCharsets.US_ASCII));
      if (message.equals(FROM)) {
        // a message of bytes: its length first, eight bytes, the smallest first
        bytes.write("MESSAGE\n".getBytes(StandardCharsets.US_ASCII));
        int n = message.length();
        bytes.write(new byte[] {(byte) n, (byte) (n >> 8), 0, 0, 0, 0, 0, 0});
        bytes.write((message + "\n\n").getBytes(StandardCharsets.US_ASCII));
      } else {
        bytes.write(("MESSAGE=" + message + "\n\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
    SessionRecord session = only(bytes.toByteArray());
    assertEquals(Instant.ofEpochMilli(1795442000123L), session.time());
    assertEquals("<a@bank.example>", session.message().sender());
    assertEquals(3, counts.lines());
  }

  @Test
  void aJournalAsJson() throws Exception {
    StringBuilder text = new StringBuilder();
    for (String message : List.of(TLS, FROM, "nothing of interest", TO)) {
      StringBuilder value = new StringBuilder("\"" + message + "\"");
      if (message.equals(FROM)) {
        value = new StringBuilder("["); // not UTF-8: bytes
        for (byte each : message.getBytes(StandardCharsets.US_ASCII)) {
          value.append(value.length() > 1 ? "," : "").append(each);
        }
        value.append(']');
      }
      text.append("{\"__CURSOR\":\"s=1\",\"_HOSTNAME\":\"gw\",\"_PID\":\"7\",\"MESSAGE\":")
          .append(value)
          .append(",\"_SELINUX_CONTEXT\":[\"a\",\"b\"],\"SYSLOG_IDENTIFIER\":\"sm-mta\",")
          .append("\"__REALTIME_TIMESTAMP\":\"1795442000123456\"}\n");
    }
    text.append(
        "{\"__CURSOR\":\"s=2\",\"MESSAGE\":null,\"__REALTIME_TIMESTAMP\":\"1\"}\n{broken\n");
    SessionRecord session = only(text.toString().getBytes(StandardCharsets.US_ASCII));
    assertEquals(Instant.ofEpochMilli(1795442000123L), session.time());
    assertEquals("<a@bank.example>", session.message().sender());
    assertNotNull(session.tls());
    assertEquals(6, counts.lines());
    assertEquals(1, counts.unused(Unused.NO_SESSION));
    assertEquals(1, counts.unused(Unused.NO_STAMP));
    assertEquals(1, counts.unused(Unused.BROKEN));
  }

  @Test
  void rotatedSetsAreReadOldestFirst() throws Exception {
    List<String> names = new ArrayList<>();
    for (String name :
        List.of("mail.log", "mail.log.1", "mail.log.10.gz", "mail.log.2.gz", "maillog-20261101")) {
      Path file = folder.resolve(name);
      Files.writeString(file, "");
      names.add(file.toString());
    }
    List<String> order = new ArrayList<>();
    for (LogInput input : LogInput.of(names, NOW)) {
      order.add(String.valueOf(Path.of(input.name()).getFileName()));
    }
    assertEquals(
        List.of("mail.log.10.gz", "mail.log.2.gz", "mail.log.1", "mail.log", "maillog-20261101"),
        order);
  }

  @Test
  void aMessageAcrossTwoLogsIsOne() throws Exception {
    Files.write(folder.resolve("mail.log.1"), lines("Nov 23 13:53:07 gw sm-mta[1]: ", TLS, FROM));
    Files.write(folder.resolve("mail.log"), lines("Nov 24 00:00:01 gw sm-mta[9]: ", TO));
    read(
        ZoneOffset.UTC,
        folder.resolve("mail.log").toString(),
        folder.resolve("mail.log.1").toString());
    assertEquals(1, sessions.size());
    assertEquals(1, sessions.get(0).facts().message().recipients().size());
  }

  @Test
  void everyLineIsCounted() throws Exception {
    Files.write(
        folder.resolve("log"),
        (new String(
                    lines("Nov 23 13:53:07 gw sm-mta[1]: ", TLS, "alias database rebuilt", TO),
                    StandardCharsets.ISO_8859_1)
                + "Nov 23 13:53:07 gw dovecot: imap-login: Login\n"
                + "what is this\n"
                + "x".repeat(70_000)
                + "\nNov 23 13:53:08 gw sm-mta[1]: STARTTLS=server, cert-subject=/CN=x\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    read(ZoneOffset.UTC, folder.resolve("log").toString());
    assertEquals(7, counts.lines());
    assertEquals(1, counts.used());
    assertEquals(1, counts.unused(Unused.NO_SESSION));
    assertEquals(1, counts.unused(Unused.NO_BEGINNING));
    assertEquals(1, counts.unused(Unused.OTHER_PROGRAM));
    assertEquals(1, counts.unused(Unused.NO_STAMP));
    assertEquals(1, counts.unused(Unused.TOO_LONG));
    assertEquals(1, counts.unused(Unused.BROKEN));
  }

  @Test
  void withoutTlsLinesItIsNotKnown() throws Exception {
    Files.write(
        folder.resolve("log"),
        lines(
            "Nov 23 13:53:07 gw ",
            "sm-mta[1]: " + FROM,
            "sm-mta[1]: " + TO,
            "postfix/smtp[2]: 4C1234567F: to=<u@far.example>, relay=mx.far.example[192.0.2.9]:25, "
                + "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"));
    read(ZoneOffset.UTC, folder.resolve("log").toString());
    assertEquals(2, sessions.size());
    // ESMTPS says that there was TLS, and nothing more
    SessionRecord in = sessions.get(0).facts();
    assertTrue(in.unknown().containsAll(List.of(Fact.VERIFY, Fact.BITS)), in.toString());
    SessionRecord out = sessions.get(1).facts();
    assertEquals(Role.CLIENT, out.role());
    assertTrue(out.unknown().contains(Fact.TLS));
    assertEquals(1, counts.withoutTlsLines());
  }

  @Test
  void peersAsTheyAreWritten() {
    assertEquals(
        PeerFacts.Resolve.FORGED,
        Peers.sendmail("a.example [192.0.2.1] (may be forged)").resolve());
    assertEquals("[192.0.2.1]", Peers.sendmail("a.example [192.0.2.1] (may be forged)").name());
    assertEquals("a.example", Peers.sendmail("root@a.example [192.0.2.1]").name());
    assertEquals(PeerFacts.Resolve.FAIL, Peers.postfix("unknown[192.0.2.1]").resolve());
    assertEquals("IPv6:2001:db8:0:0:0:0:0:1", Peers.postfix("a.example[2001:db8::1]:25").address());
    assertEquals("", Peers.sendmail("root@localhost").address());
  }

  @ParameterizedTest
  @CsvSource({
    "/C=US/O=Bank/CN=mx.bank.example, mx.bank.example",
    "/O=A+5C/CN=no/CN=yes, yes",
    "/CN=sl+5C/ash+5C+2Bplus, sl/ash+2Bplus",
    "/CN=Zo+5CxC3+5CxAB, Zo+C3+AB",
    "/C=US/UID=u1+2BCN=mr.example.test/DC=test, mr.example.test",
    "/O=nobody, BadCertificateUnknown",
    "/CN=a+5Cx00b, BadCertificateContainsNUL"
  })
  void commonNames(String subject, String name) {
    assertEquals(name, Names.common(subject));
  }

  @Test
  void aLogThatIsNotThere() {
    assertThrows(IOException.class, () -> LogInput.of(List.of("/no/such/log"), NOW));
  }

  @Test
  void unknownUsersWereLetPassByThePolicy() throws Exception {
    SessionRecord record =
        only(
            lines(
                "Nov 23 13:53:07 gw sm-mta[15993]: ",
                TLS,
                "6ANDr7OL015993: <nobody@example.org>... User unknown",
                "6ANDr7OL015993: ruleset=check_rcpt, arg1=<blocked@example.org>, "
                    + "relay=mx.bank.example [192.0.2.25], reject=550 5.2.1 <blocked@example.org>... "
                    + "Mailbox disabled",
                "6ANDr7OL015993: from=<a@bank.example>, size=0, class=0, nrcpts=0, proto=ESMTPS, "
                    + "daemon=MTA, relay=mx.bank.example [192.0.2.25]"));
    // The policy refused everybody that it had a say in.
    assertEquals(List.of("<blocked@example.org>"), record.message().recipients());
    assertNotNull(sessions.get(0).refusal());
    assertEquals("", sessions.get(0).elsewhere());
    assertEquals(0, counts.unused(Unused.NO_SESSION));
  }

  @Test
  void unknownUsersOfConnectionsThatAreNotKnownAreCounted() throws Exception {
    SessionRecord record =
        only(
            lines(
                "Nov 23 13:53:07 gw sm-mta[15993]: ",
                "6ANDr7OL015993: <nobody@example.org>... User unknown",
                FROM,
                TO));
    assertEquals(List.of("<joe@example.org>"), record.message().recipients());
    assertEquals(1, counts.unused(Unused.NO_BEGINNING));
  }
}
