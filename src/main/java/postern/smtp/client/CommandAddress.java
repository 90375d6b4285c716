package postern.smtp.client;

import java.util.Locale;

/** Addresses that may stand in a command line. */
final class CommandAddress {
  private CommandAddress() {}

  /** Printable ASCII without what would end the path early; a blank only within quotes. */
  static boolean isPlain(String address, boolean utf8) {
    int most = utf8 ? 0xff : 126; // an octet a character

    boolean quoted = false;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c == '\\' && quoted) {
        i++;
        if (i == address.length() || address.charAt(i) < ' ' || address.charAt(i) > most) {
          return false;
        }
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c < ' '
          || c == 127
          || c > most
          || (!quoted && (c == ' ' || c == '<' || c == '>'))) {
        return false;
      }
    }
    return !quoted;
  }

  static String shown(String address) {
    String start = address.substring(0, Math.min(100, address.length()));
    return start.replaceAll("[^ -~]", "?").toLowerCase(Locale.ROOT);
  }
}
