package postern.offline.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postern.offline.Role;
import postern.offline.session.RecordedSession;
import postern.policy.TlsFacts;
import postern.policy.Verify;

/** Logs as nobody wants them. */
class HostileLogsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final String REFUSED =
      "ruleset=check_relay, arg1=bad.example, arg2=192.0.2.9, relay=bad.example [192.0.2.9], "
          + "reject=550 5.7.1 Access denied";
  private static final String PEER = "mx.bank.example[192.0.2.25]";

  @TempDir Path folder;

  private final List<RecordedSession> sessions = new ArrayList<>();
  private LogCounts counts = new LogCounts();

  private Path file(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    return file;
  }

  private void read(Path... files) throws Exception {
    LogReader reader = new LogReader(ZoneOffset.UTC, sessions::add, () -> false);
    counts = reader.counts();
    List<String> names = new ArrayList<>();
    for (Path each : files) {
      names.add(each.toString());
    }
    try {
      for (LogInput input : LogInput.of(names, NOW)) {
        reader.read(input);
      }
    } finally {
      reader.finish();
    }
  }

  private void read(String text) throws Exception {
    read(file("log", text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Refusals in so many connections, one a line. */
  private static String refusals(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append("Nov 23 13:53:07 gw sm-mta[")
          .append(i)
          .append("]: ")
          .append(REFUSED)
          .append('\n');
    }
    return text.toString();
  }

  private static byte[] packed(boolean gzip, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new ZstdOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<22>1 2026-11-23T13:53:07Z gw sm-mta 9 ID [a@1 b=\"x\\]y\" c=\"]\"] |2026-11-23T13:53:07Z",
        "<22>1 2026-11-23T13:53:07Z gw sm-mta 9 - [a@1 b=\"\\\\\"][c] |2026-11-23T13:53:07Z",
        "2026-11-23T13:53:07+05:30 gw sm-mta[9]: |2026-11-23T08:23:07Z",
        "2026-11-23T13:53:07.123456-0330 gw sm-mta[9]: |2026-11-23T17:23:07.123Z",
        "2026-11-23T23:30:00-01:00 gw sm-mta[9]: |2026-11-24T00:30:00Z",
        "Feb 28 13:53:07 gw sm-mta[9]: |2026-02-28T13:53:07Z"
      })
  void heads(String head, Instant time) throws Exception {
    read(head + (head.endsWith(" ") ? "" : " ") + REFUSED + "\n");
    assertEquals(time, sessions.get(0).facts().time());
  }

  @Test
  void theYearTurns() throws Exception {
    Path log =
        file(
            "log",
            ("Dec 31 23:59:59 gw sm-mta[1]: "
                    + REFUSED
                    + "\n"
                    + "Jan  1 00:00:01 gw sm-mta[2]: "
                    + REFUSED
                    + "\n"
                    + "Dec 31 23:59:58 gw sm-mta[3]: "
                    + REFUSED
                    + "\n"
                    + "Jan  2 00:00:01 gw sm-mta[4]: "
                    + REFUSED
                    + "\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    Files.setLastModifiedTime(log, FileTime.from(Instant.parse("2026-01-02T03:00:00Z")));
    read(log);
    assertEquals(
        List.of(
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:01Z",
            "2025-12-31T23:59:58Z",
            "2026-01-02T00:00:01Z"),
        sessions.stream().map(session -> String.valueOf(session.facts().time())).toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void severalPackedPartsAreOneLog(boolean gzip) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int part = 0; part < 4; part++) {
      all.write(packed(gzip, refusals(part * 1000, part * 1000 + 1000)));
    }
    read(file(gzip ? "log.gz" : "log.zst", all.toByteArray()));
    assertEquals(4000, counts.lines());
    assertEquals(4000, sessions.size());
  }

  @Test
  void gzipPartsThatComeByAPipeDrippingly() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int part = 0; part < 3; part++) {
      all.write(packed(true, refusals(part * 10, part * 10 + 10)));
    }
    InputStream old = System.in;
    InputStream dripping =
        new FilterInputStream(new ByteArrayInputStream(all.toByteArray())) {
          @Override
          public int available() {
            return 0;
          }

          @Override
          public int read(byte[] into, int at, int length) throws IOException {
            return super.read(into, at, Math.min(length, 7));
          }
        };
    try {
      System.setIn(dripping);
      read(Path.of("-"));
    } finally {
      System.setIn(old);
    }
    assertEquals(30, counts.lines());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsCutOffIsNamedAndTheRestCounts(boolean gzip) throws Exception {
    byte[] whole = packed(gzip, refusals(0, 200_000));
    Path log = file(gzip ? "log.gz" : "log.zst", Arrays.copyOf(whole, whole.length * 2 / 3));
    IOException e = assertThrows(IOException.class, () -> read(log));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith(log + ": cannot be read behind line "),
        e.getMessage());
    assertTrue(counts.lines() > 50_000 && counts.lines() < 200_000, "lines: " + counts.lines());
    assertEquals(counts.lines(), sessions.size());
  }

  @Test
  void whatIsCorruptIsNamed() throws Exception {
    for (boolean gzip : new boolean[] {true, false}) {
      byte[] bytes = packed(gzip, refusals(0, 20_000));
      for (int i = bytes.length / 2; i < bytes.length / 2 + 64; i++) {
        bytes[i] ^= 0x55;
      }
      Path log = file("corrupt", bytes);
      IOException e = assertThrows(IOException.class, () -> read(log));
      assertTrue(
          String.valueOf(e.getMessage()).startsWith(log + ": cannot be read"), e.getMessage());
    }
  }

  @Test
  void carriageReturnsAndEightBitBytes() throws Exception {
    read("Nov 23 13:53:07 gw sm-mta[1]: " + REFUSED.replace("denied", "d\u00e9ni\u00ff") + "\r\n");
    assertEquals("550 5.7.1 Access d\u00e9ni\u00ff", sessions.get(0).answers().get(0).reply());
  }

  @Test
  void aVeryLongLineCostsOneLine() throws Exception {
    read(refusals(0, 1) + "x".repeat(10 << 20) + "\n" + refusals(1, 2) + "y".repeat(100_000));
    assertEquals(4, counts.lines());
    assertEquals(2, counts.unused(Unused.TOO_LONG));
    assertEquals(2, sessions.size());
  }

  @Test
  void anEmptyLogAndAFolder() throws Exception {
    read("");
    assertEquals(0, counts.lines());
    IOException e = assertThrows(IOException.class, () -> read(folder));
    assertEquals(folder + " is a folder; name the logs in it", e.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFifo() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    Process writer =
        new ProcessBuilder(
                "sh", "-c", "printf '%s' \"$1\" > \"$2\"", "sh", refusals(0, 50), fifo.toString())
            .start();
    read(fifo);
    writer.waitFor();
    assertEquals(50, sessions.size());
  }

  /** What BSD's daemons, FreeBSD's and syslog-ng write in place of lines that say the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nov 23 13:54:09 gw last message repeated 3 times",
        "2026-11-23T13:54:09Z gw last message repeated 3 times",
        "Nov 23 13:54:09 gw syslogd: last message repeated 3 times",
        "<46>1 2026-11-23T13:54:09Z gw syslogd - - - last message repeated 3 times",
        "Nov 23 13:54:09 gw sm-mta[7]: Last message 'ruleset=check_relay,' repeated 3 times,"
            + " suppressed by syslog-ng on gw"
      })
  void theLastMessageAgain(String folded) throws Exception {
    read(
        "Nov 23 13:53:08 gw cron[7]: nothing\n"
            + refusals(7, 8)
            + "Nov 23 13:53:50 gw -- MARK --\n"
            + folded
            + "\n"
            + folded
            + "\n");
    assertEquals(7, sessions.size());
    assertEquals(Instant.parse("2026-11-23T13:53:07Z"), sessions.get(0).facts().time());
    assertEquals(Instant.parse("2026-11-23T13:54:09Z"), sessions.get(6).facts().time());
    assertEquals(4, sessions.get(1).line());
    assertEquals(5, counts.lines());
    assertEquals(3, counts.used());
  }

  @Test
  void theLastMessageOfSomebodyElseAgain() throws Exception {
    String again = "Nov 23 13:53:09 gw last message repeated 3 times\n";
    read(
        again // of a log that is not there
            + "Nov 23 13:53:07 gw cron[7]: nothing\n"
            + again
            + refusals(7, 8)
            + again.replace(" gw ", " other ")
            + "Nov 23 13:53:09 gw sm-mta[7]: Last message 'to=<' repeated 3 times, suppressed by"
            + " syslog-ng on gw\n"
            + again.replace(" 3 ", " many ")
            + again.replace("times", "times.")
            + again.replace(" 3 ", " 0 "));
    assertEquals(1, sessions.size());
    assertEquals(3, counts.unused(Unused.NO_BEGINNING));
    assertEquals(2, counts.unused(Unused.OTHER_PROGRAM));
    assertEquals(3, counts.unused(Unused.NO_STAMP));
    assertEquals(1, counts.used());
  }

  @Test
  void repeatedMessagesAreUnfolded() throws Exception {
    read(
        refusals(7, 8)
            + "Nov 23 13:53:09 gw sm-mta[7]: message repeated 3 times: [ "
            + REFUSED
            + "]\n"
            + "Nov 23 13:53:09 gw sm-mta[7]: message repeated 2 times: [ nothing]\n"
            + "Nov 23 13:53:09 gw sm-mta[7]: message repeated many times: [ "
            + REFUSED
            + "\n");
    assertEquals(4, sessions.size());
    assertEquals(4, counts.lines());
    assertEquals(2, counts.used());
    assertEquals(2, counts.unused(Unused.NO_SESSION));
  }

  private static String postfix(String program, int pid, String text) {
    return "Nov 23 13:53:07 gw " + program + "[" + pid + "]: " + text + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postfix/smtpd",
        "postfix/smtps/smtpd",
        "postfix/submission/smtpd",
        "submission/smtpd",
        "postfix-in/smtpd",
        "postfix/mx/smtpd"
      })
  void instancesOfPostfix(String smtpd) throws Exception {
    String out = "postfix-out/smtp";
    read(
        postfix(smtpd, 1, "connect from " + PEER)
            + postfix(
                smtpd,
                1,
                "Untrusted TLS connection established from "
                    + PEER
                    + ": TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits)")
            + postfix(smtpd, 1, "4jb1kG0b2mzFKlv: client=" + PEER)
            + postfix(
                "postfix/qmgr", 2, "4jb1kG0b2mzFKlv: from=<a@b>, size=9, nrcpt=1 (queue active)")
            + postfix(
                out,
                3,
                "Verified TLS connection established to mx.far.example[192.0.2.9]:25"
                    + ": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)")
            + postfix(
                out,
                3,
                "4jb1kG0b2mzFKlv: to=<u@far.example>, relay=mx.far.example[192.0.2.9]:25, "
                    + "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"));
    assertEquals(2, sessions.size());
    TlsFacts in = sessions.get(0).facts().tls();
    TlsFacts far = sessions.get(1).facts().tls();
    assertNotNull(in);
    assertNotNull(far);
    assertEquals(Verify.FAIL, in.verify());
    assertEquals("4jb1kG0b2mzFKlv", sessions.get(0).facts().message().id());
    assertEquals(Verify.OK, far.verify());
  }

  @ParameterizedTest
  @CsvSource({"Anonymous, NO", "Untrusted, FAIL", "Trusted, OK", "Verified, OK"})
  void tlsProxyTellsForTheClient(String word, Verify verify) throws Exception {
    String tls =
        " TLS connection established to mx.far.example[192.0.2.9]:25: TLSv1.3 with cipher "
            + "TLS_AES_256_GCM_SHA384 (256/256 bits)";
    read(
        postfix("postfix/tlsproxy", 8, word + tls)
            + postfix(
                "postfix/tlsproxy",
                8,
                "Anonymous TLS connection established from [192.0.2.7]:99"
                    + ": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)")
            + postfix(
                "postfix/smtp",
                3,
                "4C1234567F: to=<u@far.example>, "
                    + "relay=mx.far.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
                    + "status=sent (250 ok)"));
    assertEquals(1, sessions.size());
    assertEquals(Role.CLIENT, sessions.get(0).facts().role());
    TlsFacts facts = sessions.get(0).facts().tls();
    assertNotNull(facts);
    assertEquals(verify, facts.verify());
  }

  @Test
  void queueIdsComeAgain() throws Exception {
    StringBuilder text = new StringBuilder();
    for (String host : List.of("gw1", "gw2")) {
      for (int round = 0; round < 2; round++) {
        // The first one never gets to the queue, the second one does.
        text.append(
            postfix("postfix/smtpd", 1, "connect from " + PEER).replace(" gw ", " " + host + " "));
        text.append(
            postfix("postfix/smtpd", 1, "4C1234567F: client=" + PEER)
                .replace(" gw ", " " + host + " "));
        text.append(
            postfix("postfix/smtpd", 1, "disconnect from " + PEER + " commands=4")
                .replace(" gw ", " " + host + " "));
      }
    }
    for (String host : List.of("gw2", "gw1")) {
      text.append(
          postfix(
                  "postfix/qmgr",
                  2,
                  "4C1234567F: from=<a@" + host + ">, size=9, nrcpt=1 (queue active)")
              .replace(" gw ", " " + host + " "));
      text.append(
          postfix(
                  "postfix/local",
                  3,
                  "4C1234567F: to=<joe@" + host + ">, relay=local, delay=1, status=sent (x)")
              .replace(" gw ", " " + host + " "));
    }
    read(text.toString());
    assertEquals(4, sessions.size());
    long joined =
        sessions.stream()
            .map(session -> session.facts().message())
            .filter(
                m ->
                    !m.sender().isEmpty()
                        && m.recipients().equals(List.of(m.sender().replace("a@", "joe@"))))
            .count();
    assertEquals(2, joined);
  }

  @Test
  void rotatedSetsInTheWrongOrder() throws Exception {
    Path old =
        file("mail.log.2.gz", packed(true, postfix("postfix/smtpd", 1, "connect from " + PEER)));
    Path middle =
        file(
            "mail.log.1",
            postfix("postfix/smtpd", 1, "4C1234567F: client=" + PEER)
                .getBytes(StandardCharsets.ISO_8859_1));
    Path young =
        file(
            "mail.log",
            postfix("postfix/smtpd", 1, "disconnect from " + PEER + " commands=4")
                .getBytes(StandardCharsets.ISO_8859_1));
    read(middle, young, old);
    assertEquals(1, sessions.size());
    assertEquals(0, counts.unused(Unused.NO_BEGINNING));
  }
}
