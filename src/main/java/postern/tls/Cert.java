package postern.tls;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 certificate (RFC 5280) as far as verification and the macros need it. Read by our own
 * reader: the JDK's refuses certificates that mail servers do present (no subject, odd strings,
 * unknown curves), and {@code ${verify}} must then be decided by the chain, not by a parser.
 */
final class Cert {
  /** Bits of keyUsage (RFC 5280 4.2.1.3). */
  static final int DIGITAL_SIGNATURE = 1;

  static final int KEY_ENCIPHERMENT = 1 << 2;
  static final int KEY_AGREEMENT = 1 << 4;
  static final int KEY_CERT_SIGN = 1 << 5;
  static final int CRL_SIGN = 1 << 6;

  /** Extensions whose meaning is taken into account, or that need none; the same as OpenSSL's. */
  private static final Set<String> KNOWN =
      Set.of(
          "2.5.29.15", // keyUsage
          "2.5.29.17", // subjectAltName
          "2.5.29.19", // basicConstraints
          "2.5.29.32", // certificatePolicies
          "2.5.29.31", // cRLDistributionPoints
          "2.5.29.37", // extKeyUsage
          "2.5.29.36", // policyConstraints
          "2.5.29.30", // nameConstraints
          "2.5.29.33", // policyMappings
          "2.5.29.54"); // inhibitAnyPolicy

  /** One extension; the value is what its OCTET STRING holds. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Extension(boolean critical, byte[] value) {}

  /** One entry of subjectAltName: the context tag (1 mail, 2 DNS, 4 directory, 7 IP) and bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record AltName(int kind, byte[] value, byte[] encoded) {}

  /** authorityKeyIdentifier; parts that it lacks are null. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record AuthorityKey(
      byte @Nullable [] keyId, @Nullable DistinguishedName issuer, @Nullable BigInteger serial) {}

  private final byte[] encoded;
  private final byte[] signed;
  private final byte[] signatureAlgorithm;
  private final byte[] signature;
  private final boolean algorithmsAgree;
  private final BigInteger serial;
  private final DistinguishedName issuer;
  private final DistinguishedName subject;
  private final Der.Element notBefore;
  private final Der.Element notAfter;
  private final byte[] publicKey;
  private final Map<String, Extension> extensions = new HashMap<>();

  private boolean badExtension;
  private int keyUsage = -1;
  private @Nullable Set<String> extendedKeyUsage;
  private boolean constrained;
  private boolean authority;
  private int pathLength = -1;
  private byte @Nullable [] subjectKeyId;
  private @Nullable AuthorityKey authorityKey;
  private List<AltName> altNames = List.of();

  private Cert(byte[] encoded) throws DerException {
    this.encoded = encoded;
    Der whole = new Der(encoded);
    Der certificate = whole.next(Der.SEQUENCE).inside();
    if (whole.more()) {
      throw new DerException("bytes after the certificate");
    }
    Der.Element tbs = certificate.next(Der.SEQUENCE);
    signed = tbs.encoded();
    signatureAlgorithm = certificate.next(Der.SEQUENCE).encoded();
    signature = certificate.next(Der.BIT_STRING).bits();
    Der in = tbs.inside();
    in.optional(0xa0);
    serial = in.next(Der.INTEGER).integer();
    algorithmsAgree = Arrays.equals(in.next(Der.SEQUENCE).encoded(), signatureAlgorithm);
    issuer = DistinguishedName.of(in.next(Der.SEQUENCE));
    Der validity = in.next(Der.SEQUENCE).inside();
    notBefore = validity.next();
    notAfter = validity.next();
    subject = DistinguishedName.of(in.next(Der.SEQUENCE));
    publicKey = in.next(Der.SEQUENCE).encoded();
    in.optional(0x81);
    in.optional(0x82);
    Der.Element extra = in.optional(0xa3);
    if (extra != null) {
      readExtensions(extra.inside().next(Der.SEQUENCE).inside());
    }
  }

  /** Throws if the frame of the certificate cannot be read; a bad extension only fails it later. */
  static Cert parse(byte[] encoded) throws DerException {
    return new Cert(encoded);
  }

  private void readExtensions(Der in) throws DerException {
    while (in.more()) {
      Der one = in.next(Der.SEQUENCE).inside();
      String oid = one.next(Der.OID).oid();
      Der.Element flag = one.optional(Der.BOOLEAN);
      Extension extension =
          new Extension(flag != null && flag.bool(), one.next(Der.OCTET_STRING).content());
      if (extensions.putIfAbsent(oid, extension) != null) {
        badExtension = true;
      }
    }
    for (var entry : extensions.entrySet()) {
      try {
        understand(entry.getKey(), new Der(entry.getValue().value));
      } catch (DerException e) {
        badExtension = true;
      }
    }
  }

  private void understand(String oid, Der in) throws DerException {
    switch (oid) {
      case "2.5.29.14" -> subjectKeyId = in.next(Der.OCTET_STRING).content();
      case "2.5.29.15" -> keyUsage = in.next(Der.BIT_STRING).flags();
      case "2.5.29.17" -> altNames = names(in);
      case "2.5.29.19" -> {
        Der body = in.next(Der.SEQUENCE).inside();
        constrained = true;
        Der.Element flag = body.optional(Der.BOOLEAN);
        authority = flag != null && flag.bool();
        Der.Element length = body.optional(Der.INTEGER);
        if (length != null) {
          pathLength = length.smallInteger();
          badExtension |= pathLength < 0 || !authority;
        }
      }
      case "2.5.29.35" -> authorityKey = authorityKey(in.next(Der.SEQUENCE).inside());
      case "2.5.29.37" -> {
        Set<String> purposes = new HashSet<>();
        for (Der body = in.next(Der.SEQUENCE).inside(); body.more(); ) {
          purposes.add(body.next(Der.OID).oid());
        }
        extendedKeyUsage = purposes;
      }
      default -> {}
    }
  }

  private static List<AltName> names(Der in) throws DerException {
    List<AltName> found = new ArrayList<>();
    for (Der body = in.next(Der.SEQUENCE).inside(); body.more(); ) {
      Der.Element name = body.next();
      found.add(new AltName(name.tag() & 0x1f, name.content(), name.encoded()));
    }
    return List.copyOf(found);
  }

  private static AuthorityKey authorityKey(Der in) throws DerException {
    Der.Element keyId = in.optional(0x80);
    Der.Element general = in.optional(0xa1);
    Der.Element number = in.optional(0x82);
    DistinguishedName name = null;
    if (general != null) {
      for (Der names = general.inside(); name == null && names.more(); ) {
        Der.Element one = names.next();
        if (one.tag() == 0xa4) {
          name = DistinguishedName.of(one.inside().next(Der.SEQUENCE));
        }
      }
    }
    return new AuthorityKey(
        keyId == null ? null : keyId.content(), name, number == null ? null : number.integer());
  }

  byte[] encoded() {
    return encoded;
  }

  /** The part that the issuer signed. */
  byte[] signed() {
    return signed;
  }

  /** AlgorithmIdentifier of the signature, DER. */
  byte[] signatureAlgorithm() {
    return signatureAlgorithm;
  }

  byte[] signature() {
    return signature;
  }

  /** Whether the algorithm inside the signed part is the one outside (RFC 5280 4.1.1.2). */
  boolean algorithmsAgree() {
    return algorithmsAgree;
  }

  BigInteger serial() {
    return serial;
  }

  DistinguishedName issuer() {
    return issuer;
  }

  DistinguishedName subject() {
    return subject;
  }

  /** Seconds since 1970. */
  long notBefore() throws DerException {
    return notBefore.time();
  }

  /** Seconds since 1970. */
  long notAfter() throws DerException {
    return notAfter.time();
  }

  /** SubjectPublicKeyInfo, DER. */
  byte[] publicKey() {
    return publicKey;
  }

  @Nullable Extension extension(String oid) {
    return extensions.get(oid);
  }

  /** Whether an extension that we must understand cannot be read. */
  boolean badExtension() {
    return badExtension;
  }

  /** Whether an extension is critical and nobody here knows it. */
  boolean unknownCritical() {
    return extensions.entrySet().stream()
        .anyMatch(e -> e.getValue().critical && !KNOWN.contains(e.getKey()));
  }

  /** Whether keyUsage allows one of these bits; without the extension it allows everything. */
  boolean allows(int bits) {
    return keyUsage == -1 || (keyUsage & bits) != 0;
  }

  /** Whether extKeyUsage allows one of these purposes; without the extension it allows all. */
  boolean allows(List<String> purposes) {
    Set<String> listed = extendedKeyUsage;
    return listed == null || purposes.stream().anyMatch(listed::contains);
  }

  /**
   * Whether it may issue certificates. Roots without basicConstraints are let through if they are
   * of version 1 or have keyUsage for it, as OpenSSL does.
   */
  boolean authority(boolean root) {
    if (!allows(KEY_CERT_SIGN)) {
      return false;
    }
    if (constrained) {
      return authority;
    }
    return root && (keyUsage != -1 || (extensions.isEmpty() && selfIssued()));
  }

  /** How many CAs may follow; -1 for any number. */
  int pathLength() {
    return pathLength;
  }

  boolean selfIssued() {
    return subject.equals(issuer);
  }

  /** Self-issued, and nothing in it says that another key signed it. */
  boolean selfSigned() {
    return selfIssued() && identifiedBy(authorityKey);
  }

  List<AltName> altNames() {
    return altNames;
  }

  /** Every entry of subjectAltName as DER, for who reads kinds that we do not. */
  List<byte[]> encodedAltNames() {
    return altNames.stream().map(AltName::encoded).toList();
  }

  boolean hasKeyId(byte[] id) {
    return subjectKeyId == null || Arrays.equals(subjectKeyId, id);
  }

  /** Whether name, key identifiers and key usage let this be the issuer of {@code other}. */
  boolean mayHaveIssued(Cert other) {
    if (!subject.equals(other.issuer)) {
      return false;
    }
    return identifiedBy(other.authorityKey) && allows(KEY_CERT_SIGN);
  }

  private boolean identifiedBy(@Nullable AuthorityKey wanted) {
    if (wanted != null) {
      byte[] id = wanted.keyId;
      if (id != null && subjectKeyId != null && !Arrays.equals(id, subjectKeyId)) {
        return false;
      }
      if (wanted.serial != null && !wanted.serial.equals(serial)) {
        return false;
      }
      if (wanted.issuer != null && !wanted.issuer.equals(issuer)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cert cert && Arrays.equals(encoded, cert.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }
}
