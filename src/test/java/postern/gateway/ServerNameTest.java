package postern.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.tls.DemoCertificates;

/** A gateway with certificates for several names. */
class ServerNameTest {
  @TempDir Path folder;

  @Test
  void eachNameHasItsCertificateAndMailGoesOn() throws Exception {
    Files.writeString(folder.resolve("access"), "# nothing\n");
    DemoCertificates.Location gw = DemoCertificates.ensure(folder.resolve("gw"), "gw.test");
    DemoCertificates.Location other = DemoCertificates.ensure(folder.resolve("o"), "mx.other.test");
    Map<String, String> options =
        Map.of(
            "ServerCertFile",
            gw.serverCert() + "," + gw.serverCert() + "," + other.serverCert(),
            "ServerKeyFile",
            gw.serverKey() + "," + gw.serverKey() + "," + other.serverKey());
    SSLContext any = Talk.anyServer();
    try (InProcess gateway = InProcess.start(folder, options)) {
      Certificate usual = shown(gateway, any, "localhost");
      assertEquals(usual, shown(gateway, any, "mx.unknown.test"));
      Certificate named = shown(gateway, any, "mx.other.test");
      assertEquals(false, usual.equals(named));
      try (Talk talk = Talk.to(gateway.port())) {
        talk.startTlsWith("mx.other.test", any);
        talk.expect("250", "EHLO client.test");
        talk.expect("250 2.1.0", "MAIL FROM:<joe@example.org>");
        talk.expect("250 2.1.5", "RCPT TO:<postmaster>");
        talk.expect("354", "DATA");
        talk.expect("250", "Subject: named\r\n\r\n.");
      }
    }
  }

  private static Certificate shown(InProcess gateway, SSLContext context, String name)
      throws Exception {
    try (Talk talk = Talk.to(gateway.port())) {
      return talk.startTlsWith(name, context).getPeerCertificates()[0];
    }
  }
}
