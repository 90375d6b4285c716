package postern.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes certificates and CRLs of any shape, sound or not, for the tests of this package. */
final class TestCerts {
  @SuppressWarnings("TimeInStaticInitializer") // one "now" for every certificate of a run
  static final Instant NOW = Instant.now();

  static final long SECONDS = NOW.getEpochSecond();
  static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private static final AtomicInteger SERIALS = new AtomicInteger(1000);

  private TestCerts() {}

  static KeyPair ec() {
    return keys("EC", 256);
  }

  static KeyPair rsa(int bits) {
    return keys("RSA", bits);
  }

  private static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One attribute of a name: {@code tag} is the string type. */
  static byte[] attribute(String oid, int tag, byte[] value) {
    return DerWriter.sequence(DerWriter.oid(oid), DerWriter.element(tag, value));
  }

  static byte[] attribute(String oid, String value) {
    return attribute(oid, 0x0c, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A name of one attribute an RDN. */
  static byte[] name(byte[]... attributes) {
    List<byte[]> rdns = new ArrayList<>();
    for (byte[] attribute : attributes) {
      rdns.add(DerWriter.element(Der.SET, attribute));
    }
    return DerWriter.sequence(rdns.toArray(byte[][]::new));
  }

  static byte[] commonName(String value) {
    return name(attribute("2.5.4.10", "Test Org"), attribute("2.5.4.3", value));
  }

  static byte[] extension(String oid, boolean critical, byte[] value) {
    byte[] flag = critical ? DerWriter.bool(true) : new byte[0];
    return DerWriter.sequence(DerWriter.oid(oid), flag, DerWriter.element(Der.OCTET_STRING, value));
  }

  /** A name with a key: what can issue. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Issuer(byte[] name, KeyPair keys, Cert cert) {
    byte[] keyId() {
      return TestCerts.keyId(keys);
    }
  }

  static byte[] keyId(KeyPair keys) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(keys.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate to be; change what the test is about. */
  static final class Spec {
    byte[] subject = commonName("client.example.test");
    KeyPair keys = ec();
    Instant from = NOW.minus(Duration.ofDays(1));
    Instant to = NOW.plus(Duration.ofDays(30));
    boolean ca;
    int pathLength = -1;
    int keyUsage = -1;
    List<String> purposes = List.of();
    List<byte[]> altNames = new ArrayList<>();
    List<byte[]> more = new ArrayList<>();
    boolean identifiers = true;
    @Nullable String algorithm;
    BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());

    Spec named(String commonName) {
      subject = commonName(commonName);
      return this;
    }

    Spec valid(int fromDays, int toDays) {
      from = NOW.plus(Duration.ofDays(fromDays));
      to = NOW.plus(Duration.ofDays(toDays));
      return this;
    }

    Spec purposes(String... oids) {
      purposes = List.of(oids);
      return this;
    }

    Spec with(KeyPair pair) {
      keys = pair;
      return this;
    }

    Spec authority(int length) {
      ca = true;
      pathLength = length;
      return this;
    }

    Spec dns(String name) {
      altNames.add(DerWriter.element(0x82, name.getBytes(StandardCharsets.ISO_8859_1)));
      return this;
    }

    Spec more(byte[] extension) {
      more.add(extension);
      return this;
    }

    Cert by(Issuer issuer) {
      return issue(this, issuer.name, issuer.keys);
    }

    Cert selfSigned() {
      return issue(this, subject, keys);
    }

    /** As an authority of its own. */
    Issuer root() {
      if (!ca) {
        authority(-1);
      }
      return new Issuer(subject, keys, selfSigned());
    }

    Issuer under(Issuer parent) {
      if (!ca) {
        authority(-1);
      }
      return new Issuer(subject, keys, by(parent));
    }
  }

  static Issuer root(String commonName) {
    return new Spec().named(commonName).root();
  }

  private static Cert issue(Spec spec, byte[] issuer, KeyPair issuerKeys) {
    List<byte[]> extensions = new ArrayList<>();
    if (spec.ca) {
      byte[] length = spec.pathLength < 0 ? new byte[0] : DerWriter.integer(spec.pathLength);
      extensions.add(
          extension("2.5.29.19", true, DerWriter.sequence(DerWriter.bool(true), length)));
    }
    int usage = spec.keyUsage >= 0 || !spec.ca ? spec.keyUsage : 0x06;
    if (usage >= 0) {
      extensions.add(
          extension(
              "2.5.29.15", true, DerWriter.element(Der.BIT_STRING, new byte[] {0, (byte) usage})));
    }
    if (!spec.purposes.isEmpty()) {
      byte[][] oids = spec.purposes.stream().map(DerWriter::oid).toArray(byte[][]::new);
      extensions.add(extension("2.5.29.37", false, DerWriter.sequence(oids)));
    }
    if (!spec.altNames.isEmpty()) {
      extensions.add(
          extension("2.5.29.17", false, DerWriter.sequence(spec.altNames.toArray(byte[][]::new))));
    }
    if (spec.identifiers) {
      extensions.add(
          extension("2.5.29.14", false, DerWriter.element(Der.OCTET_STRING, keyId(spec.keys))));
      extensions.add(
          extension(
              "2.5.29.35", false, DerWriter.sequence(DerWriter.element(0x80, keyId(issuerKeys)))));
    }
    extensions.addAll(spec.more);
    byte[] algorithm = algorithm(issuerKeys, spec.algorithm);
    byte[] tbs =
        DerWriter.sequence(
            DerWriter.element(0xa0, DerWriter.integer(2)),
            DerWriter.integer(spec.serial),
            algorithm,
            issuer,
            DerWriter.sequence(DerWriter.time(spec.from), DerWriter.time(spec.to)),
            spec.subject,
            spec.keys.getPublic().getEncoded(),
            DerWriter.element(0xa3, DerWriter.sequence(extensions.toArray(byte[][]::new))));
    return parse(DerWriter.sequence(tbs, algorithm, sign(issuerKeys, spec.algorithm, tbs)));
  }

  private static byte[] algorithm(KeyPair keys, @Nullable String wanted) {
    byte[] nothing = {5, 0};
    if (wanted != null && wanted.equals("SHA1withRSA")) {
      return DerWriter.sequence(DerWriter.oid("1.2.840.113549.1.1.5"), nothing);
    }
    return keys.getPrivate().getAlgorithm().equals("RSA")
        ? DerWriter.sequence(DerWriter.oid("1.2.840.113549.1.1.11"), nothing)
        : DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
  }

  private static byte[] sign(KeyPair keys, @Nullable String wanted, byte[] tbs) {
    String usual =
        keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    try {
      Signature engine = Signature.getInstance(wanted == null ? usual : wanted);
      engine.initSign(keys.getPrivate());
      engine.update(tbs);
      return DerWriter.bitString(engine.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Cert parse(byte[] der) {
    try {
      return Cert.parse(der);
    } catch (DerException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A CRL of {@code issuer} from yesterday to {@code days} from now. */
  static byte[] crl(Issuer issuer, int days, List<BigInteger> revoked, byte[]... extensions) {
    List<byte[]> entries = new ArrayList<>();
    byte[] yesterday = DerWriter.time(NOW.minus(Duration.ofDays(1)));
    for (BigInteger serial : revoked) {
      entries.add(DerWriter.sequence(DerWriter.integer(serial), yesterday));
    }
    List<byte[]> all = new ArrayList<>(List.of(extensions));
    all.add(
        extension("2.5.29.35", false, DerWriter.sequence(DerWriter.element(0x80, issuer.keyId()))));
    byte[] algorithm = algorithm(issuer.keys, null);
    byte[] list =
        entries.isEmpty() ? new byte[0] : DerWriter.sequence(entries.toArray(byte[][]::new));
    byte[] tbs =
        DerWriter.sequence(
            DerWriter.integer(1),
            algorithm,
            issuer.name,
            yesterday,
            DerWriter.time(NOW.plus(Duration.ofDays(days))),
            list,
            DerWriter.element(0xa0, DerWriter.sequence(all.toArray(byte[][]::new))));
    return DerWriter.sequence(tbs, algorithm, sign(issuer.keys, null, tbs));
  }

  static Path writeCerts(Path file, Cert... certs) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Cert cert : certs) {
      text.append(Pem.write("CERTIFICATE", cert.encoded()));
    }
    return write(file, text.toString(), "rw-r--r--");
  }

  static Path writeKey(Path file, KeyPair keys) throws IOException {
    return write(file, Pem.write("PRIVATE KEY", keys.getPrivate().getEncoded()), "rw-------");
  }

  static Path write(Path file, String text, String mode) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }
}
