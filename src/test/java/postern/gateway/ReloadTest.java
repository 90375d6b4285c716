package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.tls.DemoCertificates;

/** Files change under a running gateway: who keeps what, and what a mistake may not do. */
class ReloadTest {
  private static final Path STOCK = Path.of("rulesets", "postern.cf");
  private static final String MAIL = "MAIL FROM:<joe@example.org>";
  private static final String RULE = "SLocal_check_mail\nR$*\t$#error $@ 5.7.1 $: \"550 %s\"\n";

  @TempDir Path folder;

  private Path rules;

  @BeforeEach
  void rules() throws IOException {
    Files.writeString(folder.resolve("access"), "# nothing\n");
    rules = folder.resolve("rules.cf");
    Files.copy(STOCK, rules);
  }

  private void append(String text) throws IOException {
    Path fresh = folder.resolve("fresh");
    String stock = Files.readString(STOCK, StandardCharsets.ISO_8859_1);
    Files.writeString(fresh, stock + text, StandardCharsets.ISO_8859_1);
    Files.move(fresh, rules, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String mail(InProcess gateway) throws IOException {
    try (Talk talk = Talk.to(gateway.port())) {
      talk.expect("250", "EHLO client.test");
      String reply = talk.ask(MAIL);
      talk.send("QUIT");
      return reply;
    }
  }

  private static void eventually(String wanted, Callable<String> question) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    String answer = question.call();
    while (!answer.equals(wanted) && System.nanoTime() < end) {
      Served.pause(50);
      answer = question.call();
    }
    assertEquals(wanted, answer);
  }

  @Test
  void newRulesAreForNewSessionsAndBrokenOnesForNobody() throws Exception {
    try (InProcess gateway = InProcess.start(folder, rules, Map.of());
        Talk before = Talk.to(gateway.port())) {
      before.expect("250", "EHLO client.test");
      append(RULE.formatted("first"));
      eventually("550 5.7.1 <joe@example.org>... first", () -> mail(gateway));
      before.expect("250 2.1.0", MAIL);
      before.expect("250 2.1.5", "RCPT TO:<postmaster>");

      append(
          """
          SLocal_check_mail
          R$*\t$#error $@ 5.7.1 $: "550 broken
          Rno tab
          O Bad=1
          """);
      Served.pause(900);
      assertEquals("550 5.7.1 <joe@example.org>... first", mail(gateway));

      append(RULE.formatted("second"));
      eventually("550 5.7.1 <joe@example.org>... second", () -> mail(gateway));
      before.expect("354", "DATA");
      before.expect("250", "Subject: still here\r\n\r\n.");
      before.expect("250 2.1.0", MAIL);
    }
  }

  @Test
  void newKeysTakeEffectAndOnesThatDoNotFitDoNot() throws Exception {
    SSLContext any = Talk.anyServer();
    try (InProcess gateway = InProcess.start(folder, rules, Map.of());
        Talk before = Talk.to(gateway.port())) {
      DemoCertificates.Location files = gateway.certificates();
      Certificate first = certificate(gateway, any);
      before.startTls(any);

      DemoCertificates.Location other = DemoCertificates.ensure(folder.resolve("other"), "gw.test");
      replace(other.serverCert(), files.serverCert()); // and not yet its key
      Served.pause(900);
      assertArrayEquals(first.getEncoded(), certificate(gateway, any).getEncoded());

      replace(other.serverKey(), files.serverKey());
      eventually("changed", () -> certificate(gateway, any).equals(first) ? "not yet" : "changed");
      before.expect("250", "EHLO client.test");
      before.expect("250", MAIL);
    }
  }

  private static void replace(Path from, Path to) throws IOException {
    Path fresh = to.resolveSibling("fresh.pem");
    Files.copy(from, fresh, StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(fresh, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Certificate certificate(InProcess gateway, SSLContext context) throws IOException {
    try (Talk talk = Talk.to(gateway.port())) {
      return talk.startTls(context).getPeerCertificates()[0];
    }
  }

  @Test
  void filesAreTakenWhenTheyStandStill() throws IOException {
    Path file = folder.resolve("file");
    WatchedFiles watched = new WatchedFiles(WatchedFiles.Seen.now(java.util.List.of(file)));
    assertFalse(watched.changed());
    Files.writeString(file, "1");
    assertFalse(watched.changed(), "it may be half written");
    Files.writeString(file, "12");
    assertFalse(watched.changed(), "and it was");
    assertTrue(watched.changed());
    assertFalse(watched.changed());
    Files.delete(file);
    watched.changed();
    assertTrue(watched.changed());
  }

  @Test
  void whatChangesBetweenReadingAndTheFirstLookIsNotMissed() throws Exception {
    Runnable change =
        () -> {
          try {
            append(RULE.formatted("meanwhile"));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    try (InProcess gateway = InProcess.start(folder, rules, change)) {
      eventually("550 5.7.1 <joe@example.org>... meanwhile", () -> mail(gateway));
    }
  }

  @Test
  void onRequestToo() throws Exception {
    try (InProcess gateway = InProcess.start(folder, rules, Map.of())) {
      append(RULE.formatted("asked"));
      gateway.gateway().reload("test");
      eventually("550 5.7.1 <joe@example.org>... asked", () -> mail(gateway));
    }
  }
}
