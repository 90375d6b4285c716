package postern.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A name of a certificate: in OpenSSL's one-line form for the macros, and in its canonical form for
 * comparing names and for the file names of a hashed directory. Values are kept as the bytes that
 * the certificate holds, whatever their string type.
 */
final class DistinguishedName {
  /** OpenSSL's limit for the buffer that sendmail gives it, end mark excluded. */
  private static final int ONE_LINE = 255;

  private static final String COMMON_NAME = "2.5.4.3";

  /** OpenSSL's short names of the attributes that occur in names. */
  private static final Map<String, String> SHORT_NAMES =
      Map.ofEntries(
          Map.entry(COMMON_NAME, "CN"),
          Map.entry("2.5.4.4", "SN"),
          Map.entry("2.5.4.5", "serialNumber"),
          Map.entry("2.5.4.6", "C"),
          Map.entry("2.5.4.7", "L"),
          Map.entry("2.5.4.8", "ST"),
          Map.entry("2.5.4.9", "street"),
          Map.entry("2.5.4.10", "O"),
          Map.entry("2.5.4.11", "OU"),
          Map.entry("2.5.4.12", "title"),
          Map.entry("2.5.4.13", "description"),
          Map.entry("2.5.4.15", "businessCategory"),
          Map.entry("2.5.4.16", "postalAddress"),
          Map.entry("2.5.4.17", "postalCode"),
          Map.entry("2.5.4.18", "postOfficeBox"),
          Map.entry("2.5.4.20", "telephoneNumber"),
          Map.entry("2.5.4.41", "name"),
          Map.entry("2.5.4.42", "GN"),
          Map.entry("2.5.4.43", "initials"),
          Map.entry("2.5.4.44", "generationQualifier"),
          Map.entry("2.5.4.45", "x500UniqueIdentifier"),
          Map.entry("2.5.4.46", "dnQualifier"),
          Map.entry("2.5.4.65", "pseudonym"),
          Map.entry("2.5.4.72", "role"),
          Map.entry("2.5.4.97", "organizationIdentifier"),
          Map.entry("0.9.2342.19200300.100.1.1", "UID"),
          Map.entry("0.9.2342.19200300.100.1.3", "mail"),
          Map.entry("0.9.2342.19200300.100.1.25", "DC"),
          Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
          Map.entry("1.2.840.113549.1.9.2", "unstructuredName"),
          Map.entry("1.2.840.113549.1.9.8", "unstructuredAddress"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"));

  /**
   * One attribute.
   *
   * @param joined whether it belongs to the same RDN as the attribute in front of it
   * @param tag the string type
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Attribute(String oid, boolean joined, int tag, byte[] value) {}

  private final byte[] encoded;
  private final List<Attribute> attributes;
  private final byte[] canonical;

  private DistinguishedName(byte[] encoded, List<Attribute> attributes, byte[] canonical) {
    this.encoded = encoded;
    this.attributes = attributes;
    this.canonical = canonical;
  }

  static DistinguishedName of(Der.Element name) throws DerException {
    List<Attribute> attributes = new ArrayList<>();
    ByteArrayOutputStream canonical = new ByteArrayOutputStream();
    for (Der rdns = name.inside(); rdns.more(); ) {
      boolean joined = false;
      List<byte[]> members = new ArrayList<>();
      for (Der rdn = rdns.next(Der.SET).inside(); rdn.more(); ) {
        Der pair = rdn.next(Der.SEQUENCE).inside();
        Der.Element type = pair.next(Der.OID);
        Der.Element value = pair.next();
        attributes.add(new Attribute(type.oid(), joined, value.tag(), value.content()));
        members.add(DerWriter.sequence(type.encoded(), canonicalValue(value)));
        joined = true;
      }
      members.sort(Arrays::compareUnsigned);
      canonical.writeBytes(DerWriter.element(Der.SET, members.toArray(byte[][]::new)));
    }
    return new DistinguishedName(name.encoded(), attributes, canonical.toByteArray());
  }

  /** The DER as the certificate has it. */
  byte[] encoded() {
    return encoded;
  }

  boolean isEmpty() {
    return attributes.isEmpty();
  }

  List<Attribute> attributes() {
    return attributes;
  }

  /**
   * OpenSSL's one-line form, before the encoding for macros. An attribute that would make it longer
   * than 255 characters is left out together with everything behind it.
   */
  String oneLine() {
    StringBuilder out = new StringBuilder();
    for (Attribute attribute : attributes) {
      int mark = out.length();
      out.append(attribute.joined ? '+' : '/');
      out.append(SHORT_NAMES.getOrDefault(attribute.oid, attribute.oid)).append('=');
      for (byte b : attribute.value) {
        if (b < 0x20 || b > 0x7e) {
          MacroText.hex(out.append("\\x"), b);
        } else {
          if (b == '/' || b == '+') {
            out.append('\\');
          }
          out.append((char) b);
        }
      }
      if (out.length() > ONE_LINE) {
        out.setLength(mark);
        break;
      }
    }
    return out.toString();
  }

  /** The bytes of the first commonName; null if there is none. */
  byte @Nullable [] commonName() {
    for (Attribute attribute : attributes) {
      if (attribute.oid.equals(COMMON_NAME)) {
        return attribute.value;
      }
    }
    return null;
  }

  /** The value for {@code ${cn_subject}}: the first CN encoded, or the word for what is wrong. */
  String commonNameMacro() {
    byte[] name = commonName();
    if (name == null) {
      return "BadCertificateUnknown";
    }
    if (name.length >= ONE_LINE) {
      return "BadCertificateTooLong";
    }
    for (byte b : name) {
      if (b == 0) {
        return "BadCertificateContainsNUL";
      }
    }
    return MacroText.encode(name);
  }

  /** The first part of a file name in a hashed directory: eight hex digits. */
  String hash() {
    try {
      byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(canonical);
      return String.format(
          "%02x%02x%02x%02x", sha1[3] & 0xff, sha1[2] & 0xff, sha1[1] & 0xff, sha1[0] & 0xff);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /** Names are equal when their canonical forms are: case and repeated blanks do not count. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DistinguishedName name && Arrays.equals(canonical, name.canonical);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(canonical);
  }

  @Override
  public String toString() {
    return oneLine();
  }

  /** Text types as UTF-8, blanks at the ends gone, runs of blanks one, ASCII in lower case. */
  private static byte[] canonicalValue(Der.Element value) {
    byte[] raw = value.content();
    byte @Nullable [] utf8 =
        switch (value.tag()) {
          case 0x0c, 0x13, 0x16, 0x1a -> raw; // UTF8, Printable, IA5, Visible
          case 0x14 ->
              new String(raw, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
          case 0x1e -> wide(raw, 2);
          case 0x1c -> wide(raw, 4);
          default -> null;
        };
    if (utf8 == null) {
      return value.encoded();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(utf8.length);
    boolean gap = false;
    for (byte b : utf8) {
      if (b == ' ' || (b >= '\t' && b <= '\r')) {
        gap = out.size() > 0;
      } else {
        if (gap) {
          out.write(' ');
          gap = false;
        }
        out.write(b >= 'A' && b <= 'Z' ? b + 32 : b);
      }
    }
    return DerWriter.element(0x0c, out.toByteArray());
  }

  private static byte @Nullable [] wide(byte[] raw, int width) {
    if (raw.length % width != 0) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length; i += width) {
      int point = 0;
      for (int k = 0; k < width; k++) {
        point = (point << 8) | (raw[i + k] & 0xff);
      }
      if (!Character.isValidCodePoint(point)) {
        return null;
      }
      text.appendCodePoint(point);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
