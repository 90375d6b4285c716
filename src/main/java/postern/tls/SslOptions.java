package postern.tls;

import java.util.Locale;
import java.util.Map;

/**
 * ServerSSLOptions, ClientSSLOptions and the Options of a session: a set of OpenSSL's {@code
 * SSL_OP_} bits. Few of them mean anything to the engines that we use; the others are accepted,
 * because configurations have them, and change nothing.
 *
 * @param bits OpenSSL 3's values
 */
record SslOptions(long bits) {
  static final long NO_TICKET = 1L << 14;
  static final long CIPHER_SERVER_PREFERENCE = 1L << 22;
  static final long NO_TLS_1_2 = 1L << 27;
  static final long NO_TLS_1_3 = 1L << 29;

  private static final long ALL = 1L << 31 | 1L << 11 | 1L << 4 | 1L << 6;

  /** Names without {@code SSL_OP_}. Those of value 0 once worked around something. */
  private static final Map<String, Long> NAMES =
      Map.ofEntries(
          Map.entry("ALL", ALL),
          Map.entry("NO_EXTENDED_MASTER_SECRET", 1L),
          Map.entry("CLEANSE_PLAINTEXT", 1L << 1),
          Map.entry("LEGACY_SERVER_CONNECT", 1L << 2),
          Map.entry("ENABLE_KTLS", 1L << 3),
          Map.entry("TLSEXT_PADDING", 1L << 4),
          Map.entry("SAFARI_ECDHE_ECDSA_BUG", 1L << 6),
          Map.entry("IGNORE_UNEXPECTED_EOF", 1L << 7),
          Map.entry("ALLOW_CLIENT_RENEGOTIATION", 1L << 8),
          Map.entry("DISABLE_TLSEXT_CA_NAMES", 1L << 9),
          Map.entry("ALLOW_NO_DHE_KEX", 1L << 10),
          Map.entry("DONT_INSERT_EMPTY_FRAGMENTS", 1L << 11),
          Map.entry("NO_QUERY_MTU", 1L << 12),
          Map.entry("COOKIE_EXCHANGE", 1L << 13),
          Map.entry("NO_TICKET", NO_TICKET),
          Map.entry("CISCO_ANYCONNECT", 1L << 15),
          Map.entry("NO_SESSION_RESUMPTION_ON_RENEGOTIATION", 1L << 16),
          Map.entry("NO_COMPRESSION", 1L << 17),
          Map.entry("ALLOW_UNSAFE_LEGACY_RENEGOTIATION", 1L << 18),
          Map.entry("NO_ENCRYPT_THEN_MAC", 1L << 19),
          Map.entry("PRIORITIZE_CHACHA", 1L << 21),
          Map.entry("CIPHER_SERVER_PREFERENCE", CIPHER_SERVER_PREFERENCE),
          Map.entry("TLS_ROLLBACK_BUG", 1L << 23),
          Map.entry("NO_ANTI_REPLAY", 1L << 24),
          Map.entry("NO_SSLV3", 1L << 25),
          Map.entry("NO_TLSV1", 1L << 26),
          Map.entry("NO_DTLSV1", 1L << 26),
          Map.entry("NO_TLSV1_2", NO_TLS_1_2),
          Map.entry("NO_DTLSV1_2", NO_TLS_1_2),
          Map.entry("NO_TLSV1_1", 1L << 28),
          Map.entry("NO_TLSV1_3", NO_TLS_1_3),
          Map.entry("NO_RENEGOTIATION", 1L << 30),
          Map.entry("CRYPTOPRO_TLSEXT_BUG", 1L << 31),
          Map.entry("NO_SSLV2", 0L),
          Map.entry("MICROSOFT_SESS_ID_BUG", 0L),
          Map.entry("NETSCAPE_CHALLENGE_BUG", 0L),
          Map.entry("NETSCAPE_REUSE_CIPHER_CHANGE_BUG", 0L),
          Map.entry("SSLREF2_REUSE_CERT_TYPE_BUG", 0L),
          Map.entry("MICROSOFT_BIG_SSLV3_BUFFER", 0L),
          Map.entry("MSIE_SSLV2_RSA_PADDING", 0L),
          Map.entry("SSLEAY_080_CLIENT_DH_BUG", 0L),
          Map.entry("TLS_D5_BUG", 0L),
          Map.entry("TLS_BLOCK_PADDING_BUG", 0L),
          Map.entry("SINGLE_ECDH_USE", 0L),
          Map.entry("SINGLE_DH_USE", 0L),
          Map.entry("EPHEMERAL_RSA", 0L),
          Map.entry("PKCS1_CHECK_1", 0L),
          Map.entry("PKCS1_CHECK_2", 0L),
          Map.entry("NETSCAPE_CA_DN_BUG", 0L),
          Map.entry("NETSCAPE_DEMO_CIPHER_CHANGE_BUG", 0L));

  static final SslOptions SERVER = new SslOptions(ALL & ~(1L << 4));
  static final SslOptions CLIENT = new SslOptions((ALL & ~(1L << 4)) | NO_TICKET);

  /**
   * These options changed by a list such as {@code +SSL_OP_NO_TLSv1_3, -SSL_OP_ALL 0x4000}.
   *
   * @throws IllegalArgumentException for a name or number that nobody knows, with a message
   */
  SslOptions with(String list) {
    long result = bits;
    for (String word : list.trim().split("[\\s,]+", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      boolean clear = word.charAt(0) == '-';
      String name = clear || word.charAt(0) == '+' ? word.substring(1) : word;
      long value = value(name);
      result = clear ? result & ~value : result | value;
    }
    return new SslOptions(result);
  }

  private static long value(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    Long known = upper.startsWith("SSL_OP_") ? NAMES.get(upper.substring(7)) : null;
    if (known != null) {
      return known;
    }
    if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
      try {
        return Long.decode(name);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("SSL option \"" + name + "\" is no number", e);
      }
    }
    throw new IllegalArgumentException("SSL option \"" + name + "\" is unknown");
  }

  boolean has(long option) {
    return (bits & option) != 0;
  }
}
