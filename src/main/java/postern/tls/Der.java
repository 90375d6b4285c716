package postern.tls;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads DER (X.690) element by element inside a slice of an array. Certificates come from strangers
 * and may hold anything that a library would refuse to parse (odd string types, NUL, lengths that
 * lie), yet their names must reach the rules byte by byte; so this reader gives slices and judges
 * nothing but the framing. Nothing is copied before it is asked for.
 */
final class Der {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;
  static final int ENUMERATED = 0x0a;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;

  private final byte[] bytes;
  private int at;
  private final int end;

  Der(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private Der(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  boolean more() {
    return at < end;
  }

  /** The next element, whatever its tag. Tags above 30 and indefinite lengths are refused. */
  Element next() throws DerException {
    int start = at;
    int tag = octet();
    if ((tag & 0x1f) == 0x1f) {
      throw new DerException("tag above 30");
    }
    int length = octet();
    if (length >= 0x80) {
      int count = length & 0x7f;
      if (count == 0 || count > 4) {
        throw new DerException("length of " + count + " octets");
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = (length << 8) | octet();
      }
    }
    if (length < 0 || length > end - at) {
      throw new DerException("element longer than what holds it");
    }
    Element element = new Element(bytes, tag, start, at, at + length);
    at += length;
    return element;
  }

  Element next(int tag) throws DerException {
    Element element = next();
    if (element.tag != tag) {
      throw new DerException("tag " + element.tag + " instead of " + tag);
    }
    return element;
  }

  /** The next element if it has this tag; null, and nothing read, otherwise. */
  @Nullable Element optional(int tag) throws DerException {
    return at < end && (bytes[at] & 0xff) == tag ? next() : null;
  }

  private int octet() throws DerException {
    if (at >= end) {
      throw new DerException("ends early");
    }
    return bytes[at++] & 0xff;
  }

  /**
   * One element: {@code bytes[start, to)} with its content in {@code [from, to)}.
   *
   * @param tag the identifier octet, class and constructed bit included
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Element(byte[] bytes, int tag, int start, int from, int to) {

    Der inside() {
      return new Der(bytes, from, to);
    }

    int length() {
      return to - from;
    }

    byte[] content() {
      return Arrays.copyOfRange(bytes, from, to);
    }

    /** Header and content. */
    byte[] encoded() {
      return Arrays.copyOfRange(bytes, start, to);
    }

    BigInteger integer() throws DerException {
      if (length() == 0) {
        throw new DerException("empty INTEGER");
      }
      return new BigInteger(bytes, from, length());
    }

    /** A count such as a path length: values beyond {@code int} become its maximum. */
    int smallInteger() throws DerException {
      BigInteger value = integer();
      return value.bitLength() > 31 ? Integer.MAX_VALUE : value.intValue();
    }

    boolean bool() throws DerException {
      if (length() != 1) {
        throw new DerException("BOOLEAN of " + length() + " octets");
      }
      return bytes[from] != 0;
    }

    /** A BIT STRING's octets; those that are not a whole number of octets keep their padding. */
    byte[] bits() throws DerException {
      if (length() == 0 || bytes[from] > 7 || bytes[from] < 0) {
        throw new DerException("BIT STRING without its first octet");
      }
      return Arrays.copyOfRange(bytes, from + 1, to);
    }

    /** Named bits of a BIT STRING: bit 0 of the standard is bit 0 here. */
    int flags() throws DerException {
      byte[] octets = bits();
      int flags = 0;
      for (int i = 0; i < Math.min(16, octets.length * 8); i++) {
        if ((octets[i / 8] & (0x80 >> (i % 8))) != 0) {
          flags |= 1 << i;
        }
      }
      return flags;
    }

    /** An OBJECT IDENTIFIER in dots. */
    String oid() throws DerException {
      if (length() == 0 || length() > 256 || (bytes[to - 1] & 0x80) != 0) {
        throw new DerException("OBJECT IDENTIFIER of " + length() + " octets");
      }
      StringBuilder out = new StringBuilder();
      BigInteger arc = BigInteger.ZERO;
      long small = 0;
      boolean large = false;
      for (int i = from; i < to; i++) {
        if (!large && small > Long.MAX_VALUE >> 8) {
          large = true;
          arc = BigInteger.valueOf(small);
        }
        if (large) {
          arc = arc.shiftLeft(7).or(BigInteger.valueOf(bytes[i] & 0x7f));
        } else {
          small = (small << 7) | (bytes[i] & 0x7f);
        }
        if ((bytes[i] & 0x80) == 0) {
          if (out.length() == 0) {
            long first = large ? 2 : Math.min(2, small / 40);
            out.append(first).append('.');
            out.append(large ? arc.subtract(BigInteger.valueOf(80)) : small - first * 40);
          } else {
            out.append('.').append(large ? arc.toString() : Long.toString(small));
          }
          small = 0;
          large = false;
        }
      }
      return out.toString();
    }

    /** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants them, in seconds since 1970. */
    long time() throws DerException {
      int digits =
          switch (tag) {
            case UTC_TIME -> 12;
            case GENERALIZED_TIME -> 14;
            default -> throw new DerException("tag " + tag + " is no time");
          };
      if (length() != digits + 1 || bytes[to - 1] != 'Z') {
        throw new DerException("time not in the form of RFC 5280");
      }
      int[] pair = new int[digits / 2];
      for (int i = 0; i < pair.length; i++) {
        int high = bytes[from + 2 * i] - '0';
        int low = bytes[from + 2 * i + 1] - '0';
        if (high < 0 || high > 9 || low < 0 || low > 9) {
          throw new DerException("time with something else than digits");
        }
        pair[i] = high * 10 + low;
      }
      int p = digits == 12 ? 0 : 1;
      int year = digits == 12 ? (pair[0] < 50 ? 2000 : 1900) + pair[0] : pair[0] * 100 + pair[1];
      try {
        return LocalDateTime.of(
                year, pair[p + 1], pair[p + 2], pair[p + 3], pair[p + 4], pair[p + 5])
            .toEpochSecond(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        throw new DerException("no such time");
      }
    }
  }
}
