package postern.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Signature algorithms and the strength of keys and digests, on the scale of OpenSSL's security
 * levels: level 2, which Debian's library sets, wants 112 bits.
 */
final class Algorithms {
  /** Level 2. */
  static final int REQUIRED_BITS = 112;

  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String PSS = "1.2.840.113549.1.1.10";
  private static final String EC = "1.2.840.10045.2.1";

  /**
   * A signature algorithm.
   *
   * @param signature JCA's name
   * @param key JCA's name of the key's algorithm
   * @param bits what the digest is worth against collisions
   */
  private record Scheme(String signature, String key, int bits) {}

  private static final Map<String, Scheme> SCHEMES =
      Map.ofEntries(
          Map.entry("1.2.840.113549.1.1.4", new Scheme("MD5withRSA", "RSA", 39)),
          Map.entry("1.2.840.113549.1.1.5", new Scheme("SHA1withRSA", "RSA", 63)),
          Map.entry("1.2.840.113549.1.1.14", new Scheme("SHA224withRSA", "RSA", 112)),
          Map.entry("1.2.840.113549.1.1.11", new Scheme("SHA256withRSA", "RSA", 128)),
          Map.entry("1.2.840.113549.1.1.12", new Scheme("SHA384withRSA", "RSA", 192)),
          Map.entry("1.2.840.113549.1.1.13", new Scheme("SHA512withRSA", "RSA", 256)),
          Map.entry("1.2.840.10045.4.1", new Scheme("SHA1withECDSA", "EC", 63)),
          Map.entry("1.2.840.10045.4.3.1", new Scheme("SHA224withECDSA", "EC", 112)),
          Map.entry("1.2.840.10045.4.3.2", new Scheme("SHA256withECDSA", "EC", 128)),
          Map.entry("1.2.840.10045.4.3.3", new Scheme("SHA384withECDSA", "EC", 192)),
          Map.entry("1.2.840.10045.4.3.4", new Scheme("SHA512withECDSA", "EC", 256)),
          Map.entry("1.2.840.10040.4.3", new Scheme("SHA1withDSA", "DSA", 63)),
          Map.entry("2.16.840.1.101.3.4.3.2", new Scheme("SHA256withDSA", "DSA", 128)),
          Map.entry("1.3.101.112", new Scheme("Ed25519", "Ed25519", 128)),
          Map.entry("1.3.101.113", new Scheme("Ed448", "Ed448", 224)));

  /** Bits of the digests that RSASSA-PSS may name. */
  private static final Map<String, Integer> DIGESTS =
      Map.of("SHA-1", 63, "SHA-224", 112, "SHA-256", 128, "SHA-384", 192, "SHA-512", 256);

  /** Named curves to the size of their order. */
  private static final Map<String, Integer> CURVES =
      Map.of(
          "1.2.840.10045.3.1.1", 192,
          "1.3.132.0.33", 224,
          "1.2.840.10045.3.1.7", 256,
          "1.3.132.0.10", 256,
          "1.3.132.0.34", 384,
          "1.3.132.0.35", 521,
          "1.3.36.3.3.2.8.1.1.7", 256,
          "1.3.36.3.3.2.8.1.1.11", 384,
          "1.3.36.3.3.2.8.1.1.13", 512);

  private Algorithms() {}

  /**
   * Whether {@code signature} over {@code data} is right. False for anything that cannot be
   * checked.
   *
   * @param algorithm AlgorithmIdentifier, DER
   * @param key SubjectPublicKeyInfo, DER
   */
  static boolean verifies(byte[] algorithm, byte[] key, byte[] data, byte[] signature) {
    try {
      Der in = new Der(algorithm).next(Der.SEQUENCE).inside();
      String oid = in.next(Der.OID).oid();
      Signature engine;
      String keyType;
      if (oid.equals(PSS)) {
        engine = Signature.getInstance("RSASSA-PSS");
        engine.setParameter(pss(in));
        keyType = keyAlgorithm(key).equals(PSS) ? "RSASSA-PSS" : "RSA";
      } else {
        Scheme scheme = SCHEMES.get(oid);
        if (scheme == null) {
          return false;
        }
        engine = Signature.getInstance(scheme.signature);
        keyType = scheme.key;
      }
      PublicKey publicKey =
          KeyFactory.getInstance(keyType).generatePublic(new X509EncodedKeySpec(key));
      engine.initVerify(publicKey);
      engine.update(data);
      return engine.verify(signature);
    } catch (GeneralSecurityException | DerException | RuntimeException e) {
      // Providers throw unchecked exceptions for keys and signatures that make no sense to them.
      return false;
    }
  }

  private static PSSParameterSpec pss(Der parameters)
      throws GeneralSecurityException, DerException {
    AlgorithmParameters decoder = AlgorithmParameters.getInstance("RSASSA-PSS");
    try {
      decoder.init(parameters.next(Der.SEQUENCE).encoded());
    } catch (java.io.IOException e) {
      throw new DerException("parameters of RSASSA-PSS");
    }
    return decoder.getParameterSpec(PSSParameterSpec.class);
  }

  private static String keyAlgorithm(byte[] key) throws DerException {
    Der info = new Der(key).next(Der.SEQUENCE).inside();
    return info.next(Der.SEQUENCE).inside().next(Der.OID).oid();
  }

  /** What the digest of a signature algorithm is worth; 0 if unknown. */
  static int digestBits(byte[] algorithm) {
    try {
      Der in = new Der(algorithm).next(Der.SEQUENCE).inside();
      String oid = in.next(Der.OID).oid();
      if (oid.equals(PSS)) {
        return DIGESTS.getOrDefault(pss(in).getDigestAlgorithm(), 0);
      }
      Scheme scheme = SCHEMES.get(oid);
      return scheme == null ? 0 : scheme.bits;
    } catch (GeneralSecurityException | DerException | RuntimeException e) {
      return 0;
    }
  }

  /**
   * What a key is worth; 0 if its kind is unknown.
   *
   * @param key SubjectPublicKeyInfo, DER
   */
  static int keyBits(byte[] key) {
    try {
      Der info = new Der(key).next(Der.SEQUENCE).inside();
      Der algorithm = info.next(Der.SEQUENCE).inside();
      String oid = algorithm.next(Der.OID).oid();
      return switch (oid) {
        case RSA, PSS -> {
          byte[] body = info.next(Der.BIT_STRING).bits();
          Der numbers = new Der(body).next(Der.SEQUENCE).inside();
          yield modulusBits(numbers.next(Der.INTEGER).integer().bitLength());
        }
        case EC -> {
          Der.@Nullable Element curve = algorithm.optional(Der.OID);
          yield curve == null ? 0 : CURVES.getOrDefault(curve.oid(), 0) / 2;
        }
        case "1.2.840.10040.4.1" -> {
          Der numbers = algorithm.next(Der.SEQUENCE).inside();
          yield modulusBits(numbers.next(Der.INTEGER).integer().bitLength());
        }
        case "1.3.101.112" -> 128;
        case "1.3.101.113" -> 224;
        default -> 0;
      };
    } catch (DerException e) {
      return 0;
    }
  }

  /** NIST SP 800-57 part 1, table 2. */
  private static int modulusBits(int length) {
    if (length >= 15360) {
      return 256;
    }
    if (length >= 7680) {
      return 192;
    }
    if (length >= 3072) {
      return 128;
    }
    if (length >= 2048) {
      return 112;
    }
    return length >= 1024 ? 80 : 0;
  }
}
