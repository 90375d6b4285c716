package postern.map;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** IP addresses in text; never asks a name server. */
final class Addresses {
  private Addresses() {}

  /** Four bytes of a dotted quad, or null. */
  static byte @Nullable [] parse4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] address = new byte[4];
    for (int i = 0; i < 4; i++) {
      String part = parts[i];
      if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(Character::isDigit)) {
        return null;
      }
      int value = Integer.parseInt(part);
      if (value > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return null;
      }
      address[i] = (byte) value;
    }
    return address;
  }

  /** Eight groups of hexadecimal digits, none left out. */
  static String format6(byte[] address) {
    StringBuilder out = new StringBuilder();
    if (address.length == 4) {
      out.append("0:0:0:0:0:ffff");
    }
    for (int i = 0; i < address.length; i += 2) {
      out.append(out.length() > 0 ? ":" : "");
      out.append(Integer.toHexString((address[i] & 0xff) << 8 | (address[i + 1] & 0xff)));
    }
    return out.toString();
  }

  /** Sixteen bytes of an IPv6 address without brackets, or null. */
  static byte @Nullable [] parse6(String text) {
    if (text.indexOf(':') < 0
        || !text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.')) {
      return null;
    }
    try {
      byte[] address = InetAddress.getByName("[" + text + "]").getAddress();
      if (address.length == 16) {
        return address;
      }
      byte[] mapped = new byte[16];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(address, 0, mapped, 12, 4);
      return mapped;
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
