package postern.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCertificatesTest {
  @TempDir Path temp;

  private static String verify(DemoCertificates.Location at, Path cert, ChainVerifier.Purpose role)
      throws Exception {
    TrustStore trust =
        new TrustStore(
            List.of(), HashedDirectory.certificates(at.caPath()), List.of(), null, false);
    Cert leaf = Cert.parse(Pem.certificates(cert).get(0));
    return new ChainVerifier(trust)
        .verify(List.of(leaf), role, false, Instant.now().getEpochSecond())
        .message();
  }

  @Test
  void makesASetThatVerifies() throws Exception {
    Path dir = temp.resolve("a/b/certs");
    DemoCertificates.Location at = DemoCertificates.ensure(dir, "gw.example.test");
    assertEquals("ok", verify(at, at.serverCert(), ChainVerifier.Purpose.SERVER));
    assertEquals("ok", verify(at, at.clientCert(), ChainVerifier.Purpose.CLIENT));
    assertEquals(
        "certificate has expired", verify(at, at.expiredCert(), ChainVerifier.Purpose.CLIENT));
    for (Path key :
        List.of(at.serverKey(), at.clientKey(), at.expiredKey(), dir.resolve("ca.key"))) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
    Cert server = Cert.parse(Pem.certificates(at.serverCert()).get(0));
    assertEquals("gw.example.test", server.subject().commonNameMacro());
    assertEquals(4, server.altNames().size());
  }

  @Test
  void keepsAGoodSetAndReplacesAnother() throws Exception {
    Path dir = temp.resolve("certs");
    DemoCertificates.Location at = DemoCertificates.ensure(dir, "gw.example.test");
    byte[] first = Files.readAllBytes(at.serverCert());
    DemoCertificates.ensure(dir, "gw.example.test");
    assertArrayEquals(first, Files.readAllBytes(at.serverCert()));
    DemoCertificates.ensure(dir, "other.example.test");
    byte[] second = Files.readAllBytes(at.serverCert());
    assertFalse(java.util.Arrays.equals(first, second), "made anew for another host");
    Files.delete(at.clientKey());
    DemoCertificates.ensure(dir, "other.example.test");
    assertTrue(Files.exists(at.clientKey()));
    assertEquals(List.of("certs"), names(temp), "nothing is left over");
  }

  private static List<String> names(Path dir) throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(p -> p.getFileName().toString()).toList();
    }
  }

  @Test
  void isEnoughForAServer() throws Exception {
    DemoCertificates.Location at = DemoCertificates.ensure(temp.resolve("certs"), "localhost");
    TlsSettings.Builder builder = TlsSettings.builder();
    builder.set("CACertPath", at.caPath().toString());
    builder.set("CACertFile", at.caFile().toString());
    builder.set("ServerCertFile", at.serverCert().toString());
    builder.set("ServerKeyFile", at.serverKey().toString());
    builder.set("DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe");
    ServerTls tls = ServerTls.load(builder.build());
    assertTrue(tls.available(), () -> tls.problems().toString());
  }
}
