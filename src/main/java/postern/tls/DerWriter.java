package postern.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes the little DER that we make ourselves: key wrappers, canonical names, demo certificates.
 */
final class DerWriter {
  private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  private DerWriter() {}

  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return element(Der.SEQUENCE, parts);
  }

  static byte[] integer(BigInteger value) {
    return element(Der.INTEGER, value.toByteArray());
  }

  static byte[] integer(int value) {
    return integer(BigInteger.valueOf(value));
  }

  static byte[] bool(boolean value) {
    return element(Der.BOOLEAN, new byte[] {(byte) (value ? 0xff : 0)});
  }

  /** A BIT STRING of whole octets. */
  static byte[] bitString(byte[] octets) {
    return element(Der.BIT_STRING, new byte[1], octets);
  }

  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      long arc = Long.parseLong(arcs[i]);
      for (int shift = (63 - Long.numberOfLeadingZeros(arc | 1)) / 7 * 7; shift >= 0; shift -= 7) {
        out.write((int) ((arc >> shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
      }
    }
    return element(Der.OID, out.toByteArray());
  }

  /** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5). */
  static byte[] time(Instant when) {
    var utc = when.atOffset(ZoneOffset.UTC);
    boolean early = utc.getYear() < 2050;
    String text = (early ? UTC : GENERALIZED).format(utc);
    return element(
        early ? Der.UTC_TIME : Der.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }
}
