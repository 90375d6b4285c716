package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process from start to end. */
class LifeTest {
  @TempDir Path folder;

  @Test
  void sigtermFinishesTheTransactionUnderWayAndEndsWithZero() throws Exception {
    try (Served gateway = Served.start(folder);
        Talk idle = Talk.to(gateway.port());
        Talk busy = Talk.to(gateway.port())) {
      idle.expect("250", "EHLO idle.test");
      busy.expect("250", "EHLO busy.test");
      busy.expect("250", "MAIL FROM:<joe@example.org>");
      busy.expect("250", "RCPT TO:<postmaster@localhost>");
      busy.expect("354", "DATA");
      busy.raw("Subject: half\r\n\r\nthe first half\r\n");

      gateway.signalTermination();
      assertTrue(idle.reply().startsWith("421 "), "who does nothing is told to go");
      assertTrue(idle.closed());
      assertThrows(IOException.class, () -> Talk.to(gateway.port()).close());

      busy.raw("the second half\r\n");
      busy.expect("250 2.0.0", ".");
      assertEquals(0, gateway.join(30, TimeUnit.SECONDS), gateway::err);
    }
    // Delivered before the end, or at the latest after the next start.
    try (Served gateway = Served.start(folder)) {
      Path mailbox = folder.resolve("var/mail/postmaster/new");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (count(mailbox) == 0 && System.nanoTime() < end) {
        Served.pause(20);
      }
      assertEquals(1, count(mailbox));
      assertEquals(0, gateway.terminate(30, TimeUnit.SECONDS), gateway::err);
    }
  }

  private static long count(Path mailbox) throws IOException {
    if (!Files.isDirectory(mailbox)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(mailbox)) {
      return files.count();
    }
  }

  @Test
  void oneQueueHasOneMaster() {
    try (Served first = Served.start(folder)) {
      Served.Ended second =
          Served.run(folder, Map.of(), "serve", "-O", "DaemonPortOptions=Port=0,Addr=127.0.0.1");
      assertEquals(71, second.status(), second.err());
      assertEquals(
          "postern: the queue " + folder.resolve("var/spool") + " is in use by another process\n",
          second.err());
      assertTrue(first.alive());
    }
  }

  @Test
  void aKeyThatCannotBeUsedIsSaidAndTlsNotOffered() throws Exception {
    try (Served gateway = Served.start(folder)) {
      assertEquals(0, gateway.terminate(30, TimeUnit.SECONDS));
    }
    Path tls = folder.resolve("var/tls");
    String other = tls.resolve("client.key").toString();
    assertNoTls(
        tls, other, "reason=" + other + ": the key does not belong to the certificate in " + tls);
    String missing = tls.resolve("no.key").toString();
    assertNoTls(
        tls, missing, "STARTTLS=server: file " + missing + " unsafe: No such file or directory");
  }

  private void assertNoTls(Path tls, String key, String sentence) throws IOException {
    try (Served gateway =
        Served.start(
            folder,
            "-O",
            "CACertPath=" + tls.resolve("hash"),
            "-O",
            "CACertFile=" + tls.resolve("ca.pem"),
            "-O",
            "ServerCertFile=" + tls.resolve("server.pem"),
            "-O",
            "ServerKeyFile=" + key,
            "-O",
            "DontBlameSendmail=TrustStickyBit,GroupWritableDirPathSafe")) {
      assertEquals(1, gateway.err().lines().count(), gateway::err);
      assertTrue(gateway.err().contains(sentence), gateway::err);
      try (Talk talk = Talk.to(gateway.port())) {
        assertFalse(talk.expect("250", "EHLO client.test").contains("STARTTLS"));
        talk.expect("454 4.3.3", "STARTTLS");
      }
    }
  }
}
