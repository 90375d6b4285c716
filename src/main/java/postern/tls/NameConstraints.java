package postern.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Name constraints of a CA (RFC 5280 4.2.1.10), by Bouncy Castle. Few CAs have them; the library is
 * loaded when the first one does. What it cannot read counts as a violation.
 */
final class NameConstraints {
  static final String OID = "2.5.29.30";

  private static final int MOST_NAMES = 1000;

  private NameConstraints() {}

  /**
   * OpenSSL's words for what forbids {@code cert}; empty if nothing does.
   *
   * @param leaf whether it is the peer's own: then its CN counts as a DNS name if it has no other
   */
  static Optional<String> violation(byte[] extension, Cert cert, boolean leaf) {
    try {
      PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
      var constraints =
          org.bouncycastle.asn1.x509.NameConstraints.getInstance(
              ASN1Primitive.fromByteArray(extension));
      GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
      if (permitted != null) {
        validator.intersectPermittedSubtree(permitted);
      }
      GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
      if (excluded != null) {
        for (GeneralSubtree subtree : excluded) {
          validator.addExcludedSubtree(subtree);
        }
      }
      List<GeneralName> names = names(cert, leaf);
      if (names.size() > MOST_NAMES) {
        return Optional.of("name constraints minimum and maximum not supported");
      }
      for (GeneralName name : names) {
        try {
          validator.checkPermitted(name);
        } catch (NameConstraintValidatorException e) {
          return Optional.of("permitted subtree violation");
        }
        try {
          validator.checkExcluded(name);
        } catch (NameConstraintValidatorException e) {
          return Optional.of("excluded subtree violation");
        }
      }
      return Optional.empty();
    } catch (java.io.IOException | RuntimeException e) {
      return Optional.of("unsupported or invalid name constraint syntax");
    }
  }

  private static List<GeneralName> names(Cert cert, boolean leaf) throws java.io.IOException {
    List<GeneralName> names = new ArrayList<>();
    if (!cert.subject().isEmpty()) {
      names.add(new GeneralName(X500Name.getInstance(cert.subject().encoded())));
    }
    for (DistinguishedName.Attribute attribute : cert.subject().attributes()) {
      if (attribute.oid().equals("1.2.840.113549.1.9.1")) {
        names.add(new GeneralName(GeneralName.rfc822Name, text(attribute.value())));
      }
    }
    boolean dns = false;
    for (byte[] encoded : cert.encodedAltNames()) {
      try (ASN1InputStream in = new ASN1InputStream(encoded)) {
        GeneralName name = GeneralName.getInstance(ASN1TaggedObject.getInstance(in.readObject()));
        dns |= name.getTagNo() == GeneralName.dNSName;
        names.add(name);
      }
    }
    byte[] commonName = cert.subject().commonName();
    if (leaf && !dns && commonName != null && looksLikeHost(commonName)) {
      names.add(new GeneralName(GeneralName.dNSName, text(commonName)));
    }
    return names;
  }

  private static DERIA5String text(byte[] value) {
    return new DERIA5String(new String(value, java.nio.charset.StandardCharsets.ISO_8859_1), false);
  }

  /** Letters, digits, hyphens and inner dots, at least one dot: what OpenSSL takes for a host. */
  private static boolean looksLikeHost(byte[] name) {
    boolean dot = false;
    for (int i = 0; i < name.length; i++) {
      int c = name[i];
      boolean digit = c >= '0' && c <= '9';
      boolean word = digit || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
      boolean inner = i > 0 && i < name.length - 1;
      if (inner && c == '.') {
        dot = true;
      } else if (!word && !(inner && c == '-')) {
        return false;
      }
    }
    return dot;
  }
}
