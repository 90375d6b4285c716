package postern.map;

import java.nio.charset.StandardCharsets;

/**
 * Class {@code arpa}: {@code 192.0.2.1} becomes {@code 1.2.0.192}, {@code IPv6:...} its nibbles in
 * reverse; anything else has no answer (status 65).
 */
final class ArpaMap implements LookupMap {
  private final MapFlags flags;

  ArpaMap(MapFlags flags) {
    this.flags = flags;
  }

  @Override
  public void lookup(Query query, Answer answer) {
    String key = query.key().toString();
    String reversed = key.regionMatches(true, 0, "IPv6:", 0, 5) ? six(key.substring(5)) : four(key);
    if (reversed.isEmpty()) {
      answer.missing(Answer.DATA_ERROR);
      return;
    }
    byte[] value = reversed.getBytes(StandardCharsets.ISO_8859_1);
    flags.format(value, 0, value.length, query, answer);
  }

  private static String four(String text) {
    byte[] address = Addresses.parse4(text);
    return address == null
        ? ""
        : (address[3] & 0xff)
            + "."
            + (address[2] & 0xff)
            + "."
            + (address[1] & 0xff)
            + "."
            + (address[0] & 0xff);
  }

  private static String six(String text) {
    byte[] address = Addresses.parse6(text);
    if (address == null) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 15; i >= 0; i--) {
      out.append(Character.forDigit(address[i] & 0xf, 16)).append('.');
      out.append(Character.forDigit((address[i] >> 4) & 0xf, 16));
      if (i > 0) {
        out.append('.');
      }
    }
    return out.toString();
  }
}
