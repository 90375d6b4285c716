package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.sasl.PasswordFile;
import postern.sasl.Verifier;

/** AUTH from the wire to the message: a password file, TLS, a listener that asks for a login. */
class LoginTest {
  private static final String EHLO = "EHLO client.test";
  private static final String MAIL = "MAIL FROM:<joe@example.org>";

  @TempDir Path folder;

  private Path passwords;

  @BeforeEach
  void passwords() throws IOException {
    Files.writeString(folder.resolve("access"), "# nothing\n");
    passwords = folder.resolve("passwd");
    PasswordFile.empty().with("joe", Verifier.of("sesame")).write(passwords);
  }

  private InProcess gateway(String modifiers) throws IOException, StartupException {
    return InProcess.start(
        folder,
        Map.of(
            "AuthPasswordFile",
            passwords.toString(),
            "DaemonPortOptions",
            "Port=0,Addr=127.0.0.1,M=" + modifiers));
  }

  private static String plain(String user, String password) {
    byte[] message = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
    return "AUTH PLAIN " + Base64.getEncoder().encodeToString(message);
  }

  @Test
  void mailAfterAuthOnly() throws Exception {
    try (InProcess gateway = gateway("a");
        Talk talk = Talk.to(gateway.port())) {
      assertTrue(
          talk.expect("250", EHLO).contains("250-AUTH SCRAM-SHA-256\n"), "no PLAIN in the clear");
      talk.expect("530 5.7.0 Authentication required", MAIL);
      talk.expect("504 5.3.3 AUTH mechanism PLAIN not available", plain("joe", "sesame"));
      talk.startTls(Talk.anyServer());
      assertTrue(talk.expect("250", EHLO).contains("250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n"));
      talk.expect("535 5.7.0 authentication failed", plain("joe", "Sesame"));
      talk.expect("530 5.7.0 Authentication required", MAIL);
      talk.expect("501 5.5.4", "AUTH PLAIN !!");
      talk.expect("334 VXNlcm5hbWU6", "AUTH LOGIN");
      talk.expect("501 5.0.0 AUTH aborted", "*");
      talk.expect("235 2.0.0 OK Authenticated", plain("joe", "sesame"));
      talk.expect("503 5.5.0 Already Authenticated", plain("joe", "sesame"));
      talk.expect("250", MAIL + " AUTH=joe");
      talk.expect("250", "RCPT TO:<postmaster>");
      talk.expect("354", "DATA");
      talk.expect("250", "Subject: x\r\n\r\nx\r\n.");
      talk.expect("221", "QUIT");
      long end = System.nanoTime() + 10_000_000_000L;
      while (gateway.mail().isEmpty() && System.nanoTime() < end) {
        Served.pause(20);
      }
      assertTrue(gateway.mail().get(0).contains(" with ESMTPSA "), () -> mail(gateway));
    }
  }

  private static String mail(InProcess gateway) {
    try {
      return gateway.mail().toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void theCertificateSpeaks() throws Exception {
    try (InProcess gateway = gateway("a");
        Talk talk = Talk.to(gateway.port())) {
      SSLContext good =
          Talk.withCertificate(
              gateway.certificates().clientCert(), gateway.certificates().clientKey());
      talk.expect("250", EHLO);
      talk.startTls(good);
      assertTrue(
          talk.expect("250", EHLO).contains("250-AUTH EXTERNAL SCRAM-SHA-256 PLAIN LOGIN\n"));
      talk.expect("334 ", "AUTH EXTERNAL");
      talk.expect("235", "=");
      talk.expect("250", MAIL);
    }
  }

  @Test
  void guessingEndsTheSession() throws Exception {
    try (InProcess gateway = gateway("");
        Talk talk = Talk.to(gateway.port())) {
      talk.startTls(Talk.anyServer());
      for (int guess = 0; guess < 4; guess++) {
        talk.expect("535", plain("joe", "guess"));
      }
      talk.expect("421 4.7.0", plain("joe", "guess"));
      assertTrue(talk.closed());
    }
  }

  @Test
  void anAddressThatFailsTooOftenWaits() {
    AtomicLong now = new AtomicLong();
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    FailureCounts counts = new FailureCounts(2, Duration.ofSeconds(10), clock);
    counts.add("192.0.2.1");
    assertFalse(counts.tooMany("192.0.2.1"));
    counts.add("192.0.2.1");
    assertTrue(counts.tooMany("192.0.2.1"));
    assertFalse(counts.tooMany("192.0.2.2"));
    now.set(10_001);
    assertFalse(counts.tooMany("192.0.2.1"));
    for (int i = 0; i < 60_000; i++) {
      counts.add("address " + i);
    }
    counts.add("address 59999");
    assertTrue(counts.tooMany("address 59999"));
    counts.forget("address 59999");
    assertFalse(counts.tooMany("address 59999"));
  }

  @Test
  void aChangedFileCountsABrokenOneDoesNot() throws Exception {
    try (InProcess gateway = gateway("")) {
      PasswordFile.read(passwords).with("ann", Verifier.of("open")).write(passwords);
      assertTrue(eventually(gateway, "ann", "open"));
      Files.writeString(passwords, "ann:open\n");
      Served.pause(700);
      assertTrue(eventually(gateway, "ann", "open"), "the users of before stay");
    }
  }

  private static boolean eventually(InProcess gateway, String user, String password)
      throws IOException {
    for (int i = 0; i < 25; i++) {
      try (Talk talk = Talk.to(gateway.port(), "127.0.0." + (10 + i))) {
        talk.startTls(Talk.anyServer());
        if (talk.ask(plain(user, password)).startsWith("235")) {
          return true;
        }
      }
      Served.pause(200);
    }
    return false;
  }

  @Test
  void aBrokenOrOpenFileStopsTheStart() throws IOException {
    Files.writeString(passwords, "joe:sesame\n");
    StartupException broken = assertThrows(StartupException.class, () -> gateway(""));
    assertEquals(78, broken.exitCode());
    assertTrue(String.valueOf(broken.getMessage()).contains("passwd:1:5: error: not a verifier"));
    assertFalse(String.valueOf(broken.getMessage()).contains("sesame"));
    PasswordFile.empty().write(passwords);
    Files.setPosixFilePermissions(
        passwords, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    StartupException open = assertThrows(StartupException.class, () -> gateway(""));
    assertTrue(
        String.valueOf(open.getMessage()).contains("World readable file"), String.valueOf(open));
  }
}
