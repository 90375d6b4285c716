package postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postern.tls.TestCerts.Issuer;
import postern.tls.TestCerts.Spec;

/** Files that are unsafe, missing or wrong, and the words for it. */
class TlsFilesTest {
  private static final Issuer ROOT = TestCerts.root("Root CA");
  private static final KeyPair KEYS = TestCerts.ec();
  private static final Cert LEAF = new Spec().with(KEYS).by(ROOT);

  @TempDir Path temp;
  private Path dir = Path.of("/");

  @BeforeEach
  void fill() throws IOException {
    dir = temp.toRealPath();
    TestCerts.writeCerts(dir.resolve("ca.pem"), ROOT.cert());
    TestCerts.writeCerts(dir.resolve("cert.pem"), LEAF);
    TestCerts.writeKey(dir.resolve("cert.key"), KEYS);
  }

  private String at(String name) {
    return dir.resolve(name).toString();
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private TlsSettings.Builder sound() {
    TlsSettings.Builder builder = TlsSettings.builder();
    builder.set("CACertPath", dir.toString());
    builder.set("CACertFile", at("ca.pem"));
    builder.set("ServerCertFile", at("cert.pem"));
    builder.set("ServerKeyFile", at("cert.key"));
    builder.set("TLSEngine", "jdk");
    builder.set("DontBlameSendmail", "TrustStickyBit, GroupWritableDirPathSafe");
    return builder;
  }

  private static void check(TlsSettings.Builder builder, boolean available, String... messages) {
    ServerTls tls = ServerTls.load(builder.build());
    assertEquals(List.of(messages), tls.problems().stream().map(TlsProblem::message).toList());
    assertEquals(available, tls.available());
  }

  @Test
  void findsNothingWrongWithASoundSetUp() {
    check(sound(), true);
  }

  @Test
  void wantsEveryFileNamedAbsolutely() {
    check(
        TlsSettings.builder(),
        false,
        "STARTTLS: CACertPath missing",
        "STARTTLS: CACertFile missing",
        "STARTTLS: ServerCertFile missing",
        "STARTTLS: ServerKeyFile missing");
    TlsSettings.Builder relative = sound();
    relative.set("ServerCertFile", "cert.pem");
    check(relative, false, "STARTTLS: ServerCertFile missing");
  }

  @Test
  void doesNotCareWhetherThePathOfAuthoritiesExists() {
    TlsSettings.Builder builder = sound();
    builder.set("CACertPath", "/nonexistent");
    check(builder, true);
  }

  @Test
  void refusesAMissingFile() {
    TlsSettings.Builder builder = sound();
    builder.set("CACertFile", at("none.pem"));
    check(
        builder,
        false,
        "STARTTLS=server: file " + at("none.pem") + " unsafe: No such file or directory");
  }

  @Test
  void refusesAKeyThatOthersCanRead() throws IOException {
    String prefix = "STARTTLS=server: file " + at("cert.key") + " unsafe: ";
    mode(dir.resolve("cert.key"), "rw-r--r--");
    check(sound(), false, prefix + "World readable file");
    mode(dir.resolve("cert.key"), "rw-r-----");
    check(sound(), false, prefix + "Group readable file");
    TlsSettings.Builder trusting = sound();
    trusting.set(
        "DontBlameSendmail", "TrustStickyBit,GroupWritableDirPathSafe,GroupReadableKeyFile");
    check(trusting, true);
  }

  @Test
  void refusesWhatOthersCanWrite() throws IOException {
    String prefix = "STARTTLS=server: file " + at("cert.pem") + " unsafe: ";
    mode(dir.resolve("cert.pem"), "rw-r--rw-");
    check(sound(), false, prefix + "World writable file");
    mode(dir.resolve("cert.pem"), "rw-rw-r--");
    check(sound(), false, prefix + "Group writable file");
  }

  @Test
  void refusesAnUnsafeDirectoryAlsoBehindALink() throws IOException {
    Path open = Files.createDirectory(dir.resolve("open"));
    Path cert = TestCerts.writeCerts(open.resolve("cert.pem"), LEAF);
    mode(open, "rwxrwxrwx");
    FileSafety safety = new FileSafety(Set.of("truststickybit", "groupwritabledirpathsafe"));
    assertEquals(Optional.of("World writable directory"), safety.check(cert.toString()));
    Path link = Files.createSymbolicLink(dir.resolve("link.pem"), cert);
    assertEquals(Optional.of("World writable directory"), safety.check(link.toString()));
    mode(open, "rwxrwxr-x");
    assertEquals(Optional.empty(), safety.check(link.toString()));
    FileSafety strict = new FileSafety(Set.of("truststickybit"));
    assertEquals(Optional.of("Group writable directory"), strict.check(link.toString()));
  }

  @Test
  void refusesWhatIsNoPlainFile() throws IOException {
    FileSafety safety = new FileSafety(Set.of("truststickybit", "groupwritabledirpathsafe"));
    assertEquals(Optional.of("Regular files only"), safety.check(dir.toString()));
    Files.createLink(dir.resolve("twin.pem"), dir.resolve("cert.pem"));
    assertEquals(Optional.of("Hard links not allowed"), safety.check(at("cert.pem")));
  }

  @Test
  void refusesAKeyThatDoesNotFit() throws IOException {
    TestCerts.writeKey(dir.resolve("other.key"), TestCerts.ec());
    TlsSettings.Builder builder = sound();
    builder.set("ServerKeyFile", at("other.key"));
    check(
        builder,
        false,
        "STARTTLS=server, error: SSL_CTX_check_private_key failed("
            + at("other.key")
            + "): 0, reason="
            + at("other.key")
            + ": the key does not belong to the certificate in "
            + at("cert.pem"));
  }

  @Test
  void refusesACrlFileThatIsNotThereUnlessToldOtherwise() throws IOException {
    TlsSettings.Builder builder = sound();
    builder.set("CRLFile", at("none.crl"));
    String unsafe =
        "STARTTLS=server: file " + at("none.crl") + " unsafe: No such file or directory";
    check(
        builder,
        false,
        unsafe,
        "STARTTLS=server, error: CRLFile "
            + at("none.crl")
            + " cannot be used, so TLS is not offered (TLSMissingCRL=ignore goes on without)");
    builder.set("TLSMissingCRL", "ignore");
    check(
        builder,
        true,
        unsafe,
        "STARTTLS=server, warning: certificates are verified without CRLFile");
    TestCerts.write(dir.resolve("bad.crl"), "no PEM at all", "rw-r--r--");
    builder.set("TLSMissingCRL", "refuse");
    builder.set("CRLFile", at("bad.crl"));
    assertFalse(ServerTls.load(builder.build()).available());
  }

  @Test
  void refusesAnUnknownFingerprintAlgorithm() {
    TlsSettings.Builder builder = sound();
    builder.set("CertFingerprintAlgorithm", "nope");
    check(builder, false, "STARTTLS=init, CertFingerprintAlgorithm=nope, status=invalid");
    assertFalse(ClientTls.load(builder.build()).available());
    assertEquals(Optional.of("SHA-256"), FactsReader.digestNamed("sha256"));
    assertEquals(Optional.of("SHA-1"), FactsReader.digestNamed("SHA1"));
  }

  @Test
  void ignoresBadCipherLists() {
    TlsSettings.Builder builder = sound();
    builder.set("CipherList", "NOSUCH");
    builder.set("CipherSuites", "NOSUCH");
    check(
        builder,
        true,
        "STARTTLS=server, error: SSL_CTX_set_ciphersuites(NOSUCH) failed, suites ignored",
        "STARTTLS=server, error: SSL_CTX_set_cipher_list(NOSUCH) failed, list ignored");
  }

  @Test
  void refusesOptionsThatLeaveNoVersion() {
    TlsSettings.Builder builder = sound();
    builder.set("ServerSSLOptions", "SSL_OP_NO_TLSv1_3 SSL_OP_NO_TLSv1_2");
    check(builder, false, "STARTTLS=server, error: the SSL options leave no version of TLS");
  }

  @Test
  void saysWhenDhParametersCannotBeUsed() {
    TlsSettings.Builder builder = sound();
    builder.set("DHParameters", "x");
    check(
        builder,
        true,
        "STARTTLS=server, error: cannot use DH parameters(x): neither a keyword nor an absolute"
            + " path; the built-in 2048 bit group is used");
  }

  @Test
  void goesOnWithoutAClientCertificate() {
    TlsSettings.Builder builder = sound();
    builder.set("ClientCertFile", at("none.pem"));
    builder.set("ClientKeyFile", at("cert.key"));
    ClientTls tls = ClientTls.load(builder.build());
    assertTrue(tls.available());
    assertEquals(
        List.of("STARTTLS=client: file " + at("none.pem") + " unsafe: No such file or directory"),
        tls.problems().stream().map(TlsProblem::message).toList());
    assertTrue(ClientTls.load(TlsSettings.NONE).available());
  }

  @Test
  void knowsItsOptionsByName() {
    TlsSettings.Builder builder = TlsSettings.builder();
    assertTrue(builder.set("tlsfallbacktoclear", "True"));
    assertTrue(builder.set("TLSSrvOptions", "V"));
    assertFalse(builder.set("QueueDirectory", "/var/spool/mqueue"));
    assertTrue(builder.build().fallbackToClear());
    assertFalse(builder.build().requestsCertificate());
    assertThrows(
        IllegalArgumentException.class, () -> builder.set("ServerSSLOptions", "SSL_OP_NOSUCH"));
    assertThrows(IllegalArgumentException.class, () -> builder.set("TLSEngine", "openssl"));
  }

  @Test
  void readsEveryFormOfKey() throws Exception {
    KeyPair rsa = TestCerts.rsa(2048);
    TestCerts.writeCerts(dir.resolve("rsa.pem"), new Spec().with(rsa).by(ROOT));
    TestCerts.writeKey(dir.resolve("rsa.key"), rsa);
    assertEquals("RSA", KeyPairFile.read(at("rsa.pem"), at("rsa.key")).algorithm());
    assertEquals("EC", KeyPairFile.read(at("cert.pem"), at("cert.key")).algorithm());

    Der pkcs8 = new Der(rsa.getPrivate().getEncoded()).next(Der.SEQUENCE).inside();
    pkcs8.next(Der.INTEGER);
    pkcs8.next(Der.SEQUENCE);
    byte[] pkcs1 = pkcs8.next(Der.OCTET_STRING).content();
    TestCerts.write(dir.resolve("1.key"), Pem.write("RSA PRIVATE KEY", pkcs1), "rw-------");
    KeyPairFile read = KeyPairFile.read(at("rsa.pem"), at("1.key"));
    assertEquals(rsa.getPrivate(), read.privateKey());

    Der ec = new Der(KEYS.getPrivate().getEncoded()).next(Der.SEQUENCE).inside();
    ec.next(Der.INTEGER);
    ec.next(Der.SEQUENCE);
    Der inner = new Der(ec.next(Der.OCTET_STRING).content()).next(Der.SEQUENCE).inside();
    byte[] curve = DerWriter.element(0xa0, DerWriter.oid("1.2.840.10045.3.1.7"));
    byte[] sec1 = DerWriter.sequence(inner.next().encoded(), inner.next().encoded(), curve);
    String text = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    TestCerts.write(dir.resolve("ec.key"), text + Pem.write("EC PRIVATE KEY", sec1), "rw-------");
    assertEquals(
        ((ECPrivateKey) KEYS.getPrivate()).getS(),
        ((ECPrivateKey) KeyPairFile.read(at("cert.pem"), at("ec.key")).privateKey()).getS());
  }

  @Test
  void saysWhatIsWrongWithAKey() throws IOException {
    String encrypted = Pem.write("ENCRYPTED PRIVATE KEY", new byte[10]);
    TestCerts.write(dir.resolve("e.key"), encrypted, "rw-------");
    assertUnusable("e.key", "the key is encrypted; it must not need a pass phrase");
    TestCerts.write(dir.resolve("n.key"), "nothing\n", "rw-------");
    assertUnusable("n.key", "no private key in it (no BEGIN PRIVATE KEY line)");
    TestCerts.write(dir.resolve("t.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n", "rw-------");
    assertUnusable("t.key", "not PEM, or a broken key (BEGIN PRIVATE KEY without END)");
  }

  private void assertUnusable(String key, String why) {
    var thrown =
        assertThrows(KeyPairFile.Unusable.class, () -> KeyPairFile.read(at("cert.pem"), at(key)));
    assertEquals(at(key) + ": " + why, thrown.getMessage());
  }
}
