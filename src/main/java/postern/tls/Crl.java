package postern.tls;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A certificate revocation list (RFC 5280 section 5): complete or partitioned, never a delta. */
final class Crl {
  /** RFC 5280 5.3.1: the entry only exists in deltas, to take a revocation back. */
  private static final int REMOVE_FROM_CRL = 8;

  private final byte[] signed;
  private final byte[] signatureAlgorithm;
  private final byte[] signature;
  private final boolean algorithmsAgree;
  private final DistinguishedName issuer;
  private final Der.Element thisUpdate;
  private final Der.@Nullable Element nextUpdate;
  private final Set<BigInteger> revoked = new HashSet<>();
  private boolean unknownCritical;
  private boolean delta;
  private @Nullable Scope scope;
  private byte @Nullable [] authorityKeyId;

  /** A key under which the signature was found right: lists can be large. */
  private volatile byte @Nullable [] verifiedBy;

  /**
   * issuingDistributionPoint: what the list speaks about.
   *
   * @param point the distribution point's name as DER; null for everywhere
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Scope(byte @Nullable [] point, boolean users, boolean authorities, boolean other) {}

  private Crl(byte[] encoded) throws DerException {
    Der whole = new Der(encoded);
    Der list = whole.next(Der.SEQUENCE).inside();
    if (whole.more()) {
      throw new DerException("bytes after the CRL");
    }
    Der.Element tbs = list.next(Der.SEQUENCE);
    signed = tbs.encoded();
    signatureAlgorithm = list.next(Der.SEQUENCE).encoded();
    signature = list.next(Der.BIT_STRING).bits();
    Der in = tbs.inside();
    in.optional(Der.INTEGER);
    algorithmsAgree = Arrays.equals(in.next(Der.SEQUENCE).encoded(), signatureAlgorithm);
    issuer = DistinguishedName.of(in.next(Der.SEQUENCE));
    thisUpdate = in.next();
    Der.Element later = in.optional(Der.UTC_TIME);
    nextUpdate = later == null ? in.optional(Der.GENERALIZED_TIME) : later;
    Der.Element entries = in.optional(Der.SEQUENCE);
    if (entries != null) {
      for (Der all = entries.inside(); all.more(); ) {
        readEntry(all.next(Der.SEQUENCE).inside());
      }
    }
    Der.Element extra = in.optional(0xa0);
    if (extra != null) {
      readExtensions(extra.inside().next(Der.SEQUENCE).inside());
    }
  }

  static Crl parse(byte[] encoded) throws DerException {
    return new Crl(encoded);
  }

  private void readEntry(Der in) throws DerException {
    BigInteger serial = in.next(Der.INTEGER).integer();
    in.next();
    Der.Element extra = in.optional(Der.SEQUENCE);
    boolean counts = true;
    if (extra != null) {
      for (Der extensions = extra.inside(); extensions.more(); ) {
        Der one = extensions.next(Der.SEQUENCE).inside();
        String oid = one.next(Der.OID).oid();
        Der.Element flag = one.optional(Der.BOOLEAN);
        Der.Element value = one.next(Der.OCTET_STRING);
        if (oid.equals("2.5.29.21")) {
          counts &= value.inside().next(Der.ENUMERATED).smallInteger() != REMOVE_FROM_CRL;
        } else if (flag != null && flag.bool()) {
          unknownCritical = true; // certificateIssuer among them: indirect lists are not understood
        }
      }
    }
    if (counts) {
      revoked.add(serial);
    }
  }

  private void readExtensions(Der in) throws DerException {
    Map<String, byte[]> values = new HashMap<>();
    while (in.more()) {
      Der one = in.next(Der.SEQUENCE).inside();
      String oid = one.next(Der.OID).oid();
      Der.Element flag = one.optional(Der.BOOLEAN);
      values.put(oid, one.next(Der.OCTET_STRING).content());
      boolean known = oid.equals("2.5.29.28") || oid.equals("2.5.29.35") || oid.equals("2.5.29.27");
      unknownCritical |= flag != null && flag.bool() && !known;
    }
    delta = values.containsKey("2.5.29.27");
    byte[] key = values.get("2.5.29.35");
    if (key != null) {
      Der.Element id = new Der(key).next(Der.SEQUENCE).inside().optional(0x80);
      authorityKeyId = id == null ? null : id.content();
    }
    byte[] idp = values.get("2.5.29.28");
    if (idp != null) {
      Der body = new Der(idp).next(Der.SEQUENCE).inside();
      Der.Element point = body.optional(0xa0);
      Der.Element users = body.optional(0x81);
      Der.Element authorities = body.optional(0x82);
      boolean some = body.optional(0x83) != null;
      boolean indirect = body.optional(0x84) != null;
      boolean attributes = body.optional(0x85) != null;
      scope =
          new Scope(
              point == null ? null : point.content(),
              users != null && users.bool(),
              authorities != null && authorities.bool(),
              some || indirect || attributes);
    }
  }

  /** Whether {@code issuer} signed the list, with a digest that is strong enough. */
  boolean signedBy(Cert issuer) {
    byte[] key = issuer.publicKey();
    if (Arrays.equals(verifiedBy, key)) {
      return true;
    }
    boolean right =
        algorithmsAgree
            && Algorithms.digestBits(signatureAlgorithm) >= Algorithms.REQUIRED_BITS
            && Algorithms.verifies(signatureAlgorithm, key, signed, signature);
    if (right) {
      verifiedBy = key;
    }
    return right;
  }

  DistinguishedName issuer() {
    return issuer;
  }

  /** Seconds since 1970. */
  long thisUpdate() throws DerException {
    return thisUpdate.time();
  }

  /** Seconds since 1970; null if the list never ends. */
  @Nullable Long nextUpdate() throws DerException {
    return nextUpdate == null ? null : nextUpdate.time();
  }

  /** Whether it has a critical extension that we do not understand, in the list or an entry. */
  boolean unknownCritical() {
    return unknownCritical;
  }

  boolean delta() {
    return delta;
  }

  boolean revokes(BigInteger serial) {
    return revoked.contains(serial);
  }

  byte @Nullable [] authorityKeyId() {
    return authorityKeyId;
  }

  /** Whether the list speaks about {@code cert} (RFC 5280 6.3.3 (b)). */
  boolean covers(Cert cert, boolean authority) {
    Scope limits = scope;
    if (limits == null) {
      return true;
    }
    if (limits.other || (authority ? limits.users : limits.authorities)) {
      return false;
    }
    byte[] point = limits.point;
    if (point == null) {
      return true;
    }
    Cert.Extension points = cert.extension("2.5.29.31");
    if (points == null) {
      return false;
    }
    try {
      for (Der all = new Der(points.value()).next(Der.SEQUENCE).inside(); all.more(); ) {
        Der.Element name = all.next(Der.SEQUENCE).inside().optional(0xa0);
        if (name != null && sharesName(name.content(), point)) {
          return true;
        }
      }
    } catch (DerException e) {
      return false;
    }
    return false;
  }

  /** Both are DistributionPointName: fullName [0] with any name in common. */
  private static boolean sharesName(byte[] one, byte[] other) throws DerException {
    Der.Element left = new Der(one).next();
    Der.Element right = new Der(other).next();
    if (left.tag() != 0xa0 || right.tag() != 0xa0) {
      return false;
    }
    for (Der a = left.inside(); a.more(); ) {
      byte[] name = a.next().encoded();
      for (Der b = right.inside(); b.more(); ) {
        if (Arrays.equals(name, b.next().encoded())) {
          return true;
        }
      }
    }
    return false;
  }
}
