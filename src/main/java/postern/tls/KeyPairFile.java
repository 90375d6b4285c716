package postern.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its chain and private key, read from PEM files: the key in PKCS#8 ({@code
 * PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY}) or SEC 1 ({@code EC PRIVATE KEY}).
 *
 * @param chain DER; the certificate first, then what is to be sent behind it
 * @param key PKCS#8, DER
 * @param algorithm JCA's name of the key's algorithm
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KeyPairFile(List<byte[]> chain, byte[] key, String algorithm) {
  private static final byte[] NULL = {5, 0};

  /** What was wrong, as a sentence that starts with the file's name. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * Reads both files and sees to it that they belong together.
   *
   * @throws Unusable with a sentence for the administrator
   */
  static KeyPairFile read(String certFile, String keyFile) throws Unusable {
    List<byte[]> chain = chain(certFile);
    byte[] key = key(keyFile);
    try {
      Cert leaf = Cert.parse(chain.get(0));
      String algorithm = algorithm(key);
      if (!matches(key, algorithm, leaf)) {
        throw new Unusable(keyFile + ": the key does not belong to the certificate in " + certFile);
      }
      return new KeyPairFile(chain, key, algorithm);
    } catch (DerException e) {
      throw new Unusable(keyFile + ": not a private key that we can use (" + e.getMessage() + ")");
    }
  }

  private static List<byte[]> chain(String file) throws Unusable {
    List<byte[]> chain;
    try {
      chain = Pem.certificates(Path.of(file));
    } catch (IOException e) {
      throw new Unusable(file + ": cannot be read (" + e.getMessage() + ")");
    } catch (DerException e) {
      throw new Unusable(file + ": not PEM (" + e.getMessage() + ")");
    }
    if (chain.isEmpty()) {
      throw new Unusable(file + ": no certificate in it (no BEGIN CERTIFICATE line)");
    }
    for (byte[] der : chain) {
      try {
        Cert unused = Cert.parse(der);
      } catch (DerException e) {
        throw new Unusable(file + ": a certificate in it cannot be read (" + e.getMessage() + ")");
      }
    }
    return chain;
  }

  private static byte[] key(String file) throws Unusable {
    try {
      for (Pem.Block block : Pem.read(Path.of(file))) {
        boolean known =
            switch (block.label()) {
              case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                  true;
              default -> false;
            };
        if (known && block.encrypted()) {
          throw new Unusable(file + ": the key is encrypted; it must not need a pass phrase");
        }
        if (known) {
          return toPkcs8(block);
        }
      }
    } catch (IOException e) {
      throw new Unusable(file + ": cannot be read (" + e.getMessage() + ")");
    } catch (DerException e) {
      throw new Unusable(file + ": not PEM, or a broken key (" + e.getMessage() + ")");
    }
    throw new Unusable(file + ": no private key in it (no BEGIN PRIVATE KEY line)");
  }

  private static byte[] toPkcs8(Pem.Block block) throws DerException {
    byte[] zero = DerWriter.integer(0);
    byte[] content = block.content();
    switch (block.label()) {
      case "RSA PRIVATE KEY" -> {
        byte[] algorithm = DerWriter.sequence(DerWriter.oid("1.2.840.113549.1.1.1"), NULL);
        return DerWriter.sequence(zero, algorithm, DerWriter.element(Der.OCTET_STRING, content));
      }
      case "EC PRIVATE KEY" -> {
        Der in = new Der(content).next(Der.SEQUENCE).inside();
        in.next(Der.INTEGER);
        in.next(Der.OCTET_STRING);
        Der.Element curve = in.optional(0xa0);
        if (curve == null) {
          throw new DerException("EC key without its curve");
        }
        byte[] algorithm = DerWriter.sequence(DerWriter.oid("1.2.840.10045.2.1"), curve.content());
        return DerWriter.sequence(zero, algorithm, DerWriter.element(Der.OCTET_STRING, content));
      }
      default -> {
        return content;
      }
    }
  }

  private static String algorithm(byte[] key) throws DerException {
    String oid = body(key).algorithm();
    return switch (oid) {
      case "1.2.840.113549.1.1.1" -> "RSA";
      case "1.2.840.113549.1.1.10" -> "RSASSA-PSS";
      case "1.2.840.10045.2.1" -> "EC";
      case "1.3.101.112", "1.3.101.113" -> "EdDSA";
      default -> throw new DerException("key algorithm " + oid);
    };
  }

  /** The inside of PKCS#8. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Body(String algorithm, byte[] key) {}

  private static Body body(byte[] pkcs8) throws DerException {
    Der in = new Der(pkcs8).next(Der.SEQUENCE).inside();
    in.next(Der.INTEGER);
    String oid = in.next(Der.SEQUENCE).inside().next(Der.OID).oid();
    return new Body(oid, in.next(Der.OCTET_STRING).content());
  }

  /** Compares public parts where the key file has them; signs and verifies otherwise. */
  private static boolean matches(byte[] key, String algorithm, Cert leaf) throws DerException {
    Der info = new Der(leaf.publicKey()).next(Der.SEQUENCE).inside();
    String certified = info.next(Der.SEQUENCE).inside().next(Der.OID).oid();
    byte[] bits = info.next(Der.BIT_STRING).bits();
    Body body = body(key);
    if (!certified.equals(body.algorithm())) {
      return false;
    }
    if (algorithm.startsWith("RSA")) {
      Der in = new Der(body.key()).next(Der.SEQUENCE).inside();
      in.next(Der.INTEGER);
      BigInteger modulus = in.next(Der.INTEGER).integer();
      return new Der(bits).next(Der.SEQUENCE).inside().next(Der.INTEGER).integer().equals(modulus);
    }
    byte[] point = algorithm.equals("EC") ? publicPoint(body.key()) : null;
    return point == null ? signs(key, algorithm, leaf) : Arrays.equals(point, bits);
  }

  private static byte @Nullable [] publicPoint(byte[] ecKey) throws DerException {
    Der in = new Der(ecKey).next(Der.SEQUENCE).inside();
    in.next(Der.INTEGER);
    in.next(Der.OCTET_STRING);
    in.optional(0xa0);
    Der.Element point = in.optional(0xa1);
    return point == null ? null : point.inside().next(Der.BIT_STRING).bits();
  }

  private static boolean signs(byte[] key, String algorithm, Cert leaf) {
    boolean ec = algorithm.equals("EC");
    byte[] scheme =
        DerWriter.sequence(
            DerWriter.oid(
                ec
                    ? "1.2.840.10045.4.3.2"
                    : Algorithms.keyBits(leaf.publicKey()) == 224 ? "1.3.101.113" : "1.3.101.112"));
    byte[] nonce = new byte[32];
    new SecureRandom().nextBytes(nonce);
    try {
      Signature engine = Signature.getInstance(ec ? "SHA256withECDSA" : "EdDSA");
      engine.initSign(privateKey(key, algorithm));
      engine.update(nonce);
      return Algorithms.verifies(scheme, leaf.publicKey(), nonce, engine.sign());
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /**
   * With the intermediate CAs that {@code trust} knows behind the certificate, if the file held it
   * alone: OpenSSL completes chains from the CA files, so configurations rely on it. The root is
   * left out; who does not have it would not trust it.
   */
  KeyPairFile completed(TrustStore trust) {
    if (chain.size() > 1) {
      return this;
    }
    List<byte[]> longer = new ArrayList<>(chain);
    try {
      Cert last = Cert.parse(chain.get(0));
      while (longer.size() < ChainVerifier.DEPTH && !last.selfSigned()) {
        Cert below = last;
        Optional<Cert> issuer =
            trust.named(below.issuer()).stream().filter(c -> c.mayHaveIssued(below)).findFirst();
        if (issuer.isEmpty() || issuer.get().selfSigned()) {
          break;
        }
        last = issuer.get();
        longer.add(last.encoded());
      }
    } catch (DerException e) {
      throw new IllegalStateException("parsed when the file was read", e);
    }
    return new KeyPairFile(longer, key, algorithm);
  }

  /** For the engines that want the JCA's object. */
  PrivateKey privateKey() throws GeneralSecurityException {
    return privateKey(key, algorithm);
  }

  private static PrivateKey privateKey(byte[] key, String algorithm)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
  }
}
