package postern.cf;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Internet addresses in options, as C's library reads them. */
final class AddressText {
  private static final long NONE = 0xffff_ffffL;

  private AddressText() {}

  /**
   * Whether {@code text} begins with an IPv4 address in one of C's forms: one to four numbers,
   * decimal, octal or hexadecimal, of which the last fills what is left; behind white space
   * anything may stand. The address of all ones counts as none.
   */
  static boolean isFour(String text) {
    String[] parts = text.split("[ \t\n\u000b\f\r]", 2)[0].split("\\.", -1);
    if (parts.length > 4) {
      return false;
    }
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      long number = number(parts[i]);
      boolean last = i == parts.length - 1;
      int bits = last ? 8 * (5 - parts.length) : 8;
      if (number < 0 || number >> bits != 0) {
        return false;
      }
      address = last ? address | number : address | number << (24 - 8 * i);
    }
    return address != NONE;
  }

  private static long number(String text) {
    boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
    int base = hexadecimal ? 16 : text.startsWith("0") ? 8 : 10;
    String digits = hexadecimal ? text.substring(2) : text;
    if (digits.isEmpty() || digits.length() > 15) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), base) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * base + digit;
    }
    return number;
  }

  /** Whether {@code text} is an IPv6 address, {@code IPv6:} in front or not. */
  static boolean isSix(String text) {
    String bare = text.regionMatches(true, 0, "IPv6:", 0, 5) ? text.substring(5) : text;
    if (bare.indexOf(':') < 0
        || bare.indexOf('%') >= 0
        || !bare.chars().allMatch(c -> c < 0x80 && (c == ':' || c == '.' || isHex(c)))) {
      return false;
    }
    try {
      return InetAddress.getByName("[" + bare + "]").getAddress().length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isHex(int c) {
    return Character.digit(c, 16) >= 0;
  }

  /** Whether the name service knows an address of that family for {@code host}. May block. */
  static boolean isHost(String host, boolean six) {
    if (host.isEmpty() || host.startsWith("[") || host.indexOf(':') >= 0) {
      return false; // Java would take these for something
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (six ? address instanceof Inet6Address : address instanceof Inet4Address) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
