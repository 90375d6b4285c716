package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postern.tls.DemoCertificates;

/** Rules, access map and real handshakes together: who gets which answer, on either engine. */
class PolicyFlowTest {
  private static final String AES256 = "TLS_AES_256_GCM_SHA384";
  private static final String AES128 = "TLS_AES_128_GCM_SHA256";
  private static final String MAIL = "MAIL FROM:<joe@example.org>";

  @TempDir Path folder;

  private void access(String... lines) throws IOException {
    Path fresh = Files.write(folder.resolve("access.new"), List.of(lines));
    Files.move(fresh, folder.resolve("access"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The reply to MAIL of a client with this TLS context; null for a client in the clear. */
  private static String reply(InProcess gateway, @Nullable SSLContext tls, String... suites)
      throws IOException {
    try (Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      if (tls != null) {
        talk.startTls(tls, suites);
        talk.expect("250", "EHLO client.test");
      }
      String reply = talk.ask(MAIL);
      talk.send("QUIT");
      return reply;
    }
  }

  private static void eventually(String wanted, Callable<String> question) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    String answer = question.call();
    while (!answer.startsWith(wanted) && System.nanoTime() < end) {
      Served.pause(50);
      answer = question.call();
    }
    assertTrue(answer.startsWith(wanted), wanted + " wanted, but: " + answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void oneLineInTheAccessMapAsksForACertificate(String engine) throws Exception {
    access("# nothing yet");
    try (InProcess gateway = InProcess.start(folder, Map.of("TLSEngine", engine))) {
      DemoCertificates.Location files = gateway.certificates();
      SSLContext none = Talk.anyServer();
      SSLContext good = Talk.withCertificate(files.clientCert(), files.clientKey());
      SSLContext expired = Talk.withCertificate(files.expiredCert(), files.expiredKey());

      assertTrue(reply(gateway, null).startsWith("250 "));
      assertTrue(reply(gateway, none).startsWith("250 "));
      assertTrue(reply(gateway, expired).startsWith("250 "), "it is a fact, not a gate");

      access("TLS_Clt:127.0.0.1\tVERIFY:256");
      eventually("454 4.7.0 authentication required", () -> reply(gateway, null));
      assertEquals("454 4.7.0 not authenticated", reply(gateway, none));
      assertEquals("454 4.7.0 authentication failed", reply(gateway, expired));
      assertTrue(reply(gateway, good).startsWith("250 2.1.0 "));
      assertEquals("454 4.7.0 encryption too weak 128 less than 256", reply(gateway, good, AES128));

      access("TLS_Clt:127.0.0.1\tPERM+VERIFY:256");
      eventually("503 5.7.0 not authenticated", () -> reply(gateway, none));

      Files.delete(folder.resolve("access"));
      eventually("451 ", () -> reply(gateway, null)); // cannot tell, so nobody passes

      access("# nothing any more");
      eventually("250 ", () -> reply(gateway, null));
    }
  }

  @Test
  void aMistakeInTheAccessMapDoesNotOpenTheDoor() throws Exception {
    access("TLS_Clt:127.0.0.1\tVERIFY");
    try (InProcess gateway = InProcess.start(folder, Map.of())) {
      assertEquals("454 4.7.0 authentication required", reply(gateway, null));
      access("TLS_Clt:127.0.0.2\tVERIFY", "TLS_Clt:127.0.0.3");
      for (int i = 0; i < 15; i++) {
        Served.pause(100);
        assertEquals("454 4.7.0 authentication required", reply(gateway, null));
      }
      access("TLS_Clt:127.0.0.2\tVERIFY", "TLS_Clt:127.0.0.3\tVERIFY");
      eventually("250 ", () -> reply(gateway, null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void theMailSaysWhatTlsDid(String engine) throws Exception {
    access("TLS_Clt:127.0.0.1\tVERIFY:256");
    try (InProcess gateway = InProcess.start(folder, Map.of("TLSEngine", engine))) {
      DemoCertificates.Location files = gateway.certificates();
      try (Talk talk = Talk.to(gateway.port())) {
        talk.expect("250", "EHLO client.test");
        talk.startTls(Talk.withCertificate(files.clientCert(), files.clientKey()));
        talk.expect("250", "EHLO client.test");
        talk.expect("250", MAIL);
        talk.expect("250", "RCPT TO:<postmaster@localhost>");
        talk.expect("354", "DATA");
        talk.raw("Subject: facts\r\n\r\nhello\r\n");
        talk.expect("250 2.0.0", ".");
        talk.expect("221", "QUIT");
      }
      eventually("there", () -> gateway.mail().isEmpty() ? "nothing" : "there");
      String mail = gateway.mail().get(0);
      Pattern received =
          Pattern.compile(
              "^Received: from client\\.test \\(localhost[^\\n]* \\[127\\.0\\.0\\.1\\]\\)\\n"
                  + "\\tby \\S+ \\([^\\n]*\\) with ESMTPS id \\w+\\n"
                  + "\\t\\(version=TLSv1\\.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=OK\\)\\n"
                  + "\\tfor <postmaster@localhost>;",
              Pattern.MULTILINE);
      assertTrue(received.matcher(mail).find(), mail);
    }
  }

  /** The bits that rules see, by the refusal of those that have less than 256. */
  private static int bits(InProcess gateway, String... suites) throws IOException {
    String reply = reply(gateway, Talk.anyServer(), suites);
    return reply.startsWith("250") ? 256 : reply.contains("too weak 128 ") ? 128 : 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk", "auto"})
  void whoOffers256BitsFirstGetsThem(String engine) throws Exception {
    access("TLS_Clt:127.0.0.1\tENCR:256");
    try (InProcess gateway = InProcess.start(folder, Map.of("TLSEngine", engine))) {
      assertEquals(256, bits(gateway, AES256, AES128));
      assertEquals(256, bits(gateway, AES256));
      assertEquals(128, bits(gateway, AES128));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "auto"})
  void theConfiguredOrderOfSuitesHolds(String engine) throws Exception {
    access("TLS_Clt:127.0.0.1\tENCR:256");
    String best = AES256 + ":" + AES128;
    String worst = AES128 + ":" + AES256;
    String ours = "SSL_OP_CIPHER_SERVER_PREFERENCE";
    assertEquals(256, bits(engine, best, ours, AES128, AES256));
    assertEquals(128, bits(engine, worst, ours, AES256, AES128));
    // As with OpenSSL, without that option the client's order decides among those configured.
    assertEquals(256, bits(engine, worst, "", AES256, AES128));
    assertEquals(0, bits(engine, AES256, "", AES128), "a suite that is not configured");
  }

  private int bits(String engine, String suites, String serverOptions, String... offered)
      throws IOException, StartupException {
    Map<String, String> options =
        Map.of("TLSEngine", engine, "CipherSuites", suites, "ServerSSLOptions", serverOptions);
    try (InProcess gateway = InProcess.start(folder, options)) {
      return bits(gateway, offered);
    } catch (SSLException e) {
      return 0;
    }
  }

  @Test
  void withTlsSrvOptionsVNobodyIsAsked() throws Exception {
    access("TLS_Clt:127.0.0.1\tVERIFY");
    try (InProcess gateway = InProcess.start(folder, Map.of("TLSSrvOptions", "V"))) {
      DemoCertificates.Location files = gateway.certificates();
      assertEquals(
          "454 4.7.0 no authentication requested",
          reply(gateway, Talk.withCertificate(files.clientCert(), files.clientKey())));
    }
  }

  @Test
  void ofAWordInTlsSrvOptionsTheFirstLetterCounts() throws Exception {
    access("TLS_Clt:127.0.0.1\tVERIFY");
    try (InProcess gateway = InProcess.start(folder, Map.of("TLSSrvOptions", "xV"))) {
      DemoCertificates.Location files = gateway.certificates();
      assertEquals(
          "250 2.1.0 <joe@example.org>... Sender ok",
          reply(gateway, Talk.withCertificate(files.clientCert(), files.clientKey())));
    }
  }
}
