package postern.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Makes certificates to try things out with: a CA of its own, one for a server, one for a client,
 * and one for a client that has expired. ECDSA P-256, good for two years; the CA's key stays in the
 * directory, so nobody should trust this CA for anything else.
 */
public final class DemoCertificates {
  private static final byte[] ECDSA_SHA256 =
      DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final Duration LIFE = Duration.ofDays(730);
  private static final Duration HOUR = Duration.ofHours(1);

  /**
   * Where everything is. Keys are PKCS#8 in PEM, mode 0600.
   *
   * @param caPath for CACertPath: holds the CA under its hash
   * @param caFile for CACertFile
   * @param expiredCert a client certificate whose time is over
   */
  public record Location(
      Path caPath,
      Path caFile,
      Path serverCert,
      Path serverKey,
      Path clientCert,
      Path clientKey,
      Path expiredCert,
      Path expiredKey) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Issuer(byte[] name, KeyPair keys) {}

  private final SecureRandom random = new SecureRandom();
  private final Instant now;

  private DemoCertificates(Instant now) {
    this.now = now;
  }

  /**
   * Sees to it that {@code directory} holds a usable set for {@code host}; makes a new one, which
   * then appears as a whole, if there is none or it ends within a day.
   *
   * @param directory made if need be, mode 0700, as are missing parents
   * @param host name for the server's certificate besides localhost
   */
  public static Location ensure(Path directory, String host) throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    Location location = at(target);
    if (!usable(location, host)) {
      try {
        new DemoCertificates(Instant.now()).make(target, host);
      } catch (GeneralSecurityException e) {
        throw new IOException("cannot make demo certificates: " + e.getMessage(), e);
      }
    }
    return location;
  }

  /** Where {@link #ensure} puts everything, whether it is there yet or not. */
  public static Location at(Path directory) {
    Path at = directory.toAbsolutePath().normalize();
    return new Location(
        at.resolve("hash"),
        at.resolve("ca.pem"),
        at.resolve("server.pem"),
        at.resolve("server.key"),
        at.resolve("client.pem"),
        at.resolve("client.key"),
        at.resolve("expired.pem"),
        at.resolve("expired.key"));
  }

  private static boolean usable(Location at, String host) {
    if (!Files.isRegularFile(at.serverCert)) {
      return false;
    }
    try {
      byte[] wanted = host.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
      Cert server =
          Cert.parse(
              KeyPairFile.read(at.serverCert.toString(), at.serverKey.toString()).chain().get(0));
      Cert client =
          Cert.parse(
              KeyPairFile.read(at.clientCert.toString(), at.clientKey.toString()).chain().get(0));
      KeyPairFile.read(at.expiredCert.toString(), at.expiredKey.toString());
      Cert ca = Cert.parse(Pem.certificates(at.caFile).get(0));
      long tomorrow = Instant.now().plus(Duration.ofDays(1)).getEpochSecond();
      return Files.isRegularFile(at.caPath.resolve(ca.subject().hash() + ".0"))
          && ca.mayHaveIssued(server)
          && ca.mayHaveIssued(client)
          && server.notAfter() > tomorrow
          && client.notAfter() > tomorrow
          && server.altNames().stream().anyMatch(n -> Arrays.equals(n.value(), wanted));
    } catch (IOException | DerException | KeyPairFile.Unusable | IndexOutOfBoundsException e) {
      return false;
    }
  }

  private void make(Path target, String host) throws IOException, GeneralSecurityException {
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(target + " is no place for certificates");
    }
    var privately =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(parent, privately);
    Path fresh = Files.createTempDirectory(parent, ".certificates", privately);
    try {
      Files.createDirectory(fresh.resolve("hash"), privately);
      KeyPair caKeys = keys();
      Issuer ca = new Issuer(name("Postern demo CA"), caKeys);
      byte[] caCert =
          issue(ca, ca.name, caKeys, now.minus(HOUR), now.plus(LIFE), extensions(caKeys));
      write(fresh, "ca", caCert, caKeys);
      String hash = Cert.parse(caCert).subject().hash();
      Files.writeString(
          fresh.resolve("hash").resolve(hash + ".0"), Pem.write("CERTIFICATE", caCert));
      leaf(fresh, "server", ca, host, now.minus(HOUR), now.plus(LIFE), SERVER_AUTH, CLIENT_AUTH);
      leaf(fresh, "client", ca, "client." + host, now.minus(HOUR), now.plus(LIFE), CLIENT_AUTH);
      Duration month = Duration.ofDays(30);
      leaf(
          fresh,
          "expired",
          ca,
          "client." + host,
          now.minus(month.multipliedBy(2)),
          now.minus(month),
          CLIENT_AUTH);
      publish(fresh, target);
    } catch (DerException e) {
      throw new IOException("made a certificate that cannot be read", e);
    } finally {
      delete(fresh);
    }
  }

  /** Renames the new set into place; an old one, or an empty directory, makes way. */
  private static void publish(Path fresh, Path target) throws IOException {
    Path old = fresh.resolveSibling(fresh.getFileName() + ".old");
    if (Files.exists(target)) {
      Files.move(target, old);
    }
    try {
      Files.move(fresh, target);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // Another process was as quick; its set is as good as ours.
    }
    delete(old);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = new ArrayList<>(walk.toList());
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.deleteIfExists(all.get(i));
    }
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] name(String commonName) {
    return DerWriter.sequence(
        attribute("2.5.4.10", "Postern demo"), attribute("2.5.4.3", commonName));
  }

  private static byte[] attribute(String oid, String value) {
    return DerWriter.element(
        Der.SET,
        DerWriter.sequence(
            DerWriter.oid(oid), DerWriter.element(0x0c, value.getBytes(StandardCharsets.UTF_8))));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    byte[] flag = critical ? DerWriter.bool(true) : new byte[0];
    return DerWriter.sequence(DerWriter.oid(oid), flag, DerWriter.element(Der.OCTET_STRING, value));
  }

  private static byte[] keyId(KeyPair keys) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(keys.getPublic().getEncoded());
  }

  /** A CA: basicConstraints, keyUsage keyCertSign and cRLSign, subjectKeyIdentifier. */
  private static byte[] extensions(KeyPair keys) throws GeneralSecurityException {
    return DerWriter.sequence(
        extension("2.5.29.19", true, DerWriter.sequence(DerWriter.bool(true))),
        extension("2.5.29.15", true, DerWriter.element(Der.BIT_STRING, new byte[] {1, 6})),
        extension("2.5.29.14", false, DerWriter.element(Der.OCTET_STRING, keyId(keys))));
  }

  private void leaf(
      Path directory,
      String file,
      Issuer ca,
      String host,
      Instant from,
      Instant to,
      String... purposes)
      throws GeneralSecurityException, IOException {
    KeyPair keys = keys();
    byte[][] oids = Stream.of(purposes).map(DerWriter::oid).toArray(byte[][]::new);
    byte[] keyUsage = DerWriter.element(Der.BIT_STRING, new byte[] {7, (byte) 0x80});
    List<byte[]> names = new ArrayList<>();
    names.add(dns(host));
    if (purposes.length > 1) {
      names.add(dns("localhost"));
      names.add(DerWriter.element(0x87, new byte[] {127, 0, 0, 1}));
      byte[] loopback6 = new byte[16];
      loopback6[15] = 1;
      names.add(DerWriter.element(0x87, loopback6));
    }
    byte[] extensions =
        DerWriter.sequence(
            extension("2.5.29.19", true, DerWriter.sequence()),
            extension("2.5.29.15", true, keyUsage),
            extension("2.5.29.37", false, DerWriter.sequence(oids)),
            extension("2.5.29.17", false, DerWriter.sequence(names.toArray(byte[][]::new))),
            extension("2.5.29.14", false, DerWriter.element(Der.OCTET_STRING, keyId(keys))),
            extension(
                "2.5.29.35", false, DerWriter.sequence(DerWriter.element(0x80, keyId(ca.keys)))));
    write(directory, file, issue(ca, name(host), keys, from, to, extensions), keys);
  }

  private static byte[] dns(String host) {
    return DerWriter.element(
        0x82, host.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] issue(
      Issuer issuer, byte[] subject, KeyPair keys, Instant from, Instant to, byte[] extensions)
      throws GeneralSecurityException {
    byte[] tbs =
        DerWriter.sequence(
            DerWriter.element(0xa0, DerWriter.integer(2)),
            DerWriter.integer(new BigInteger(120, random).setBit(120)),
            ECDSA_SHA256,
            issuer.name,
            DerWriter.sequence(DerWriter.time(from), DerWriter.time(to)),
            subject,
            keys.getPublic().getEncoded(),
            DerWriter.element(0xa3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(issuer.keys.getPrivate());
    signature.update(tbs);
    return DerWriter.sequence(tbs, ECDSA_SHA256, DerWriter.bitString(signature.sign()));
  }

  private static void write(Path directory, String name, byte[] cert, KeyPair keys)
      throws IOException {
    Path key = directory.resolve(name + ".key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, Pem.write("PRIVATE KEY", keys.getPrivate().getEncoded()));
    Path pem = directory.resolve(name + ".pem");
    Files.writeString(pem, Pem.write("CERTIFICATE", cert));
    Files.setPosixFilePermissions(pem, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
